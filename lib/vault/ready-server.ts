import { ExplainedError, explainOutage, VaultResponseError, VaultSealed } from '#core';
import type { ServerHealth, VaultClient } from './vault-client';

/** @throws ExplainedError unless the server is there, initialized and unsealed */
export async function requireReadyServer(vault: VaultClient): Promise<void> {
  const { initialized, sealed } = await vault.sealStatus().catch((error: unknown) => {
    throw error instanceof VaultResponseError ? explainOutage(error, vault.address, 'tell its state') : error;
  });
  if (!initialized) {
    throw new ExplainedError(`Vault at ${vault.address} is not initialized yet; initialize and unseal it first`);
  }
  if (sealed) {
    throw new VaultSealed(vault.address);
  }
}

const PRODUCTS: Readonly<Record<ServerHealth['product'], string>> = { openbao: 'OpenBao', vault: 'HashiCorp Vault' };

/** @throws ExplainedError where another product answers than the one that is declared */
export async function requireProduct(vault: VaultClient, declared: ServerHealth['product']): Promise<void> {
  const { product, version } = await vault.health();
  if (product !== declared) {
    throw new ExplainedError(
      `${vault.address} is ${PRODUCTS[product]} ${version}, and vault.server.product declares ${PRODUCTS[declared]}, so it is another server; free that port, or set VAULT_ADDR`,
    );
  }
}
