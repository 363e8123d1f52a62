import { ExplainedError, refusePlainHttp, type VaultConnectionOptions, vaultOptionsFromEnvironment } from '#core';
import type { Deployment } from '../declaration/schema/deployment';

/** Connection for key shares and root tokens. @throws ExplainedError for plain HTTP to another machine */
export function encryptedConnection<T extends VaultConnectionOptions>(options: T): T {
  refusePlainHttp(options.address, 'use https, because VAULT_ALLOW_HTTP does not apply to key shares and root tokens');
  return { ...options, allowHttp: false };
}

/** The same for commands that write a server's operators. @throws ExplainedError also if a namespace is set */
export function rootConnection({ vault }: Deployment): VaultConnectionOptions {
  const options = encryptedConnection(vaultOptionsFromEnvironment({ address: vault.address }));
  if (options.namespace !== undefined || vault.namespace !== undefined) {
    throw new ExplainedError(
      'a server has its operators in the root namespace, but a namespace is set; unset VAULT_NAMESPACE, or ask the administrator of that server to prepare it',
    );
  }
  return options;
}
