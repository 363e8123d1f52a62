import { ExplainedError } from '#core';

export interface AddedCapabilitiesProps {
  readonly product: 'openbao' | 'vault';
  /** Add IPC_LOCK. @default - whether the server locks its memory */
  readonly ipcLock?: boolean;
  /** @default true */
  readonly disableMlock?: boolean;
}

/**
 * Linux capabilities that the server's container adds, without the prefix `CAP_`. Vault's image needs none since 2.0.2
 * and 1.21.7: its program no longer has the file capability without which it could not be started.
 *
 * @see https://developer.hashicorp.com/vault/docs/updates/important-changes
 */
export function addedCapabilities({ product, disableMlock, ipcLock }: AddedCapabilitiesProps): readonly string[] {
  if (product === 'openbao' && ipcLock !== undefined) {
    throw new ExplainedError('ipcLock is for Vault only, got it for OpenBao, which never locks memory; leave it out');
  }
  return (ipcLock ?? disableMlock === false) ? ['IPC_LOCK'] : [];
}
