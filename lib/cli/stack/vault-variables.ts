import { resolve } from 'node:path';
import { vaultVariable, type VaultConnectionOptions } from '#core';

/** What tells a program that is started, perhaps in another folder, where Vault is and who it is there. */
export function vaultVariables(
  { address, namespace }: Pick<VaultConnectionOptions, 'address' | 'namespace'>,
  token: string,
): NodeJS.ProcessEnv {
  const caFile = vaultVariable('CACERT');
  return {
    VAULT_ADDR: address,
    VAULT_TOKEN: token,
    VAULT_NAMESPACE: namespace,
    VAULT_CACERT: caFile === undefined ? undefined : resolve(caFile),
  };
}
