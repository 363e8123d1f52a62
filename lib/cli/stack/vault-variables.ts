import { resolve } from 'node:path';
import { vaultVariable, type VaultConnectionOptions } from '#core';

/** Variables by which a program in any folder reaches Vault with a token. */
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
