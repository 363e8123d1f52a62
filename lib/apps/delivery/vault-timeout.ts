/** Vault itself ends a request after 90 s; who hangs up sooner, while the engine refreshes, can lose the grant. */
export const VAULT_TIMEOUT = '100s';
