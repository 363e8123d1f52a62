import {
  commandLine,
  ExplainedError,
  explainOutage,
  VaultResponseError,
  VaultSealed,
  type VaultConnectionOptions,
} from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { declaringFile } from '../declaration/deployment-file';
import type { ServerHealth, VaultClient } from './vault-client';

/** @throws ExplainedError unless the server answers, is initialized and is unsealed */
export async function requireReadyServer(vault: VaultClient): Promise<void> {
  const { initialized, sealed } = await vault.sealStatus().catch((error: unknown) => {
    throw error instanceof VaultResponseError ? explainOutage(error, vault.address, 'report its state') : error;
  });
  if (!initialized) {
    throw new ExplainedError(
      `Vault at ${vault.address} is not initialized yet; if it is your server: ${commandLine('init')}`,
    );
  }
  if (sealed) {
    throw new VaultSealed(vault.address);
  }
}

const PRODUCTS: Readonly<Record<ServerHealth['product'], string>> = { openbao: 'OpenBao', vault: 'HashiCorp Vault' };

/** @throws ExplainedError unless the declared product answers */
export async function requireProduct(vault: VaultClient, declared: ServerHealth['product']): Promise<void> {
  const { product, version } = await vault.health();
  if (product !== declared) {
    throw new ExplainedError(
      `${vault.address} is ${PRODUCTS[product]} ${version}, and vault.server.product declares ${PRODUCTS[declared]}, so it is another server; stop that server, or set VAULT_ADDR`,
    );
  }
}

/** Refuses any other address than the declared one, because Terraform's provider uses that one. */
export function refuseOtherAddress({ vault }: Deployment, { address }: VaultConnectionOptions): void {
  if (vault.server === undefined && address !== vault.address) {
    throw new ExplainedError(
      `VAULT_ADDR is ${address}, and ${declaringFile()} declares vault.address ${vault.address}, which Terraform uses; unset VAULT_ADDR, or correct one of the two`,
    );
  }
}
