import { ExplainedError } from '#core';

/** Differences between the containers of Vault and OpenBao. */
export const SERVER_PRODUCTS = {
  openbao: { image: 'openbao/openbao:2.7.2', cli: 'bao', folder: '/openbao', prefix: 'BAO' },
  vault: { image: 'hashicorp/vault:2.1.1', cli: 'vault', folder: '/vault', prefix: 'VAULT' },
} as const;

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

export interface ImageName {
  /** @default "docker.io" */
  readonly registry: string;
  readonly repository: string;
  /** With its digest, where it has one. */
  readonly tag: string;
}

/**
 * As Docker reads it: what has a dot, a colon or is `localhost` before the first slash is a registry.
 *
 * @param field of `vault.server` that it is from
 * @throws ExplainedError where it is none, or has no tag
 */
export function imageName(text: string, field: 'image' | 'pluginImage'): ImageName {
  const [, name = '', tag, digest] =
    /^([A-Za-z0-9][\w./:-]*?)(?::([\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(text) ?? [];
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (name === '' || tag === undefined) {
    throw new ExplainedError(
      `vault.server.${field} must be an image with its tag, got "${text}"; write it like "openbao/openbao:2.7.2", with its digest behind it if you like`,
    );
  }
  return {
    registry: hasRegistry ? first : 'docker.io',
    repository: hasRegistry ? rest.join('/') : name,
    tag: `${tag}${digest ?? ''}`,
  };
}
