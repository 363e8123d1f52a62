import { refusePlainHttp, type VaultConnectionOptions } from '#core';

/**
 * For commands that key shares and root tokens pass through. VAULT_ALLOW_HTTP does not count for them.
 *
 * @throws ExplainedError where the server is another machine and is asked in plain HTTP
 */
export function encryptedConnection<T extends VaultConnectionOptions>(options: T): T {
  refusePlainHttp(
    options.address,
    'use https, as VAULT_ALLOW_HTTP does not count where key shares and root tokens are sent',
  );
  return { ...options, allowHttp: false };
}
