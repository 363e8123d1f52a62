import { NotPermitted, type VaultConnectionOptions } from 'webex-token-client/core';

/** @throws NotPermitted where there is no token, before Vault is asked anything */
export function requireToken({ token }: VaultConnectionOptions): void {
  if (token === undefined) {
    throw new NotPermitted('there is no Vault token; log in with "vault login", or set VAULT_TOKEN');
  }
}
