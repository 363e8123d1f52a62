import { describeError, explainOutage, ourCommand, VaultResponseError, VaultUnreachableError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { absenceAdvice } from '../../declaration/derived/other-addresses';
import { requireProduct } from '../../vault/ready-server';
import type { VaultClient } from '../../vault/vault-client';
import { lookAtServer } from '../server-look';
import { Wrong, type Sound } from './examination';

/*
 * The server, as everybody may see it.
 */

/** @throws Wrong, ExplainedError unless a Vault answers */
export async function checkReachable(vault: VaultClient, { vault: { server } }: Deployment): Promise<Sound<void>> {
  const { version } = await vault.sealStatus().catch((error: unknown) => {
    const advice = absenceAdvice(error, server);
    const isRefused = error instanceof VaultUnreachableError && error.networkCode === 'ECONNREFUSED';
    if (isRefused && server !== undefined && (server.mode !== 'kubernetes' || advice === undefined)) {
      const start = `where nothing runs there: ${ourCommand('deploy', 'vault-server')}`;
      throw new Wrong(error.message, advice === undefined ? start : `${start}; ${advice}`);
    }
    if (advice !== undefined) {
      throw new Wrong(describeError(error), advice);
    }
    throw error instanceof VaultResponseError ? explainOutage(error, vault.address, 'tell its state') : error;
  });
  return { detail: `${vault.address} answers, release ${version}`, found: undefined };
}

/** @throws Wrong unless it is initialized and unsealed */
export async function checkReady(vault: VaultClient, { vault: { server } }: Deployment): Promise<Sound<void>> {
  const { state, detail, next } = await lookAtServer(vault, server);
  if (state !== 'up') {
    throw new Wrong(`Vault at ${vault.address} is ${state}: ${detail}`, next);
  }
  return { detail: 'initialized and unsealed', found: undefined };
}

/** @throws ExplainedError where another product answers than is declared */
export async function checkProduct(vault: VaultClient, { vault: { server } }: Deployment): Promise<Sound<void>> {
  if (server === undefined) {
    return { detail: 'any, as the server is not declared here', found: undefined };
  }
  await requireProduct(vault, server.product);
  return { detail: `${server.product}, as declared`, found: undefined };
}
