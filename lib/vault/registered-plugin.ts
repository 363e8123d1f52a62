import { NotDeployed, VaultResponseError } from '#core';
import { pluginReply } from './replies';
import type { VaultClient } from './vault-client';

/**
 * Looks at what somebody else has registered, where the token may.
 *
 * @param vault in the root namespace: no other has a catalog
 * @param sha256 of the binary that is declared @default - none is
 * @throws NotDeployed where it is not registered, or another binary is
 */
export async function requireRegisteredPlugin(vault: VaultClient, name: string, sha256?: string): Promise<void> {
  const path = `sys/plugins/catalog/secret/${name}`;
  const entry = await vault.read(path, pluginReply).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode === 403) {
      return undefined;
    }
    throw error instanceof VaultResponseError && error.statusCode === 404
      ? new NotDeployed(
          `Vault at ${vault.address} has no plugin "${name}" (${path}), and engine.plugin.manage is false; have an administrator register it, or correct engine.plugin.name`,
        )
      : error;
  });
  if (entry !== undefined && sha256 !== undefined && entry.data.sha256 !== sha256) {
    throw new NotDeployed(
      `plugin "${name}" is registered with sha256 ${entry.data.sha256}, and engine.plugin declares ${sha256}, which Vault would not start; declare the registered one, or have yours registered`,
    );
  }
}
