import { ExplainedError, refusePlainHttp, type VaultConnectionOptions, vaultOptionsFromEnvironment } from '#core';
import type { Deployment } from '../declaration/schema/deployment';

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

/**
 * The same for commands that write a server's operators, which it has in its root namespace.
 *
 * @throws ExplainedError also where another namespace is set
 */
export function rootConnection({ vault }: Deployment): VaultConnectionOptions {
  const options = encryptedConnection(vaultOptionsFromEnvironment({ address: vault.address }));
  if (options.namespace !== undefined || vault.namespace !== undefined) {
    throw new ExplainedError(
      'a server has its operators in the root namespace, and a namespace is set; unset VAULT_NAMESPACE, or have whoever runs that server prepare it',
    );
  }
  return options;
}
