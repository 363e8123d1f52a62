import { ourCommand, VaultResponseError } from '#core';
import { z } from 'zod';
import type { Integration } from '../declaration/schema/deployment';
import { vaultName } from '../declaration/schema/vault-name';
import type { VaultClient } from '../vault/vault-client';
import { whyUnseen } from './unseen';
import type { CredentialLine, IntegrationState, Line } from './report';

/**
 * Whether the engine has its entry, and, by the credentials that are its, whether Webex takes it.
 *
 * @throws VaultUnreachableError
 */
export async function lookAtIntegration(
  vault: VaultClient,
  mountPath: string,
  integration: Integration,
  credentials: readonly CredentialLine[],
): Promise<Line<IntegrationState>> {
  const { name } = integration;
  const line = (part: Omit<Line<IntegrationState>, 'name' | 'notes'>): Line<IntegrationState> => ({
    name,
    notes: [],
    ...part,
  });
  try {
    await vault.read(`${mountPath}/servers/${vaultName(integration)}`, z.unknown());
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    const next = ourCommand('deploy', 'webex-tokens');
    return error.statusCode === 404
      ? line({
          state: 'missing',
          severity: 'broken',
          detail: 'the engine has no such entry, so no grant of it can be refreshed',
          next,
        })
      : line({
          state: 'unknown',
          severity: 'attention',
          detail: `it cannot be looked at (${whyUnseen(error)})`,
          next,
        });
  }
  const refused = credentials.filter((each) => each.integration === name && each.state === 'integration refused');
  const worst = refused.find(({ severity }) => severity === 'broken') ?? refused[0];
  return worst === undefined
    ? line({ state: 'present', severity: 'healthy', detail: 'the engine has its entry' })
    : line({
        state: 'refused',
        severity: worst.severity,
        detail: `Webex refuses it, as "${worst.name}" says: its client secret was changed, or it was switched off`,
        next: ourCommand('rotate-secret', name),
      });
}
