import { ExplainedError } from '#core';
import type { ProductionServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { TAGGED_IMAGE, taggedImageProblem } from '../../lib/declaration/schema/server/server-fields';

/** Differences between the containers of Vault and OpenBao. */
export const SERVER_PRODUCTS = {
  openbao: { image: 'openbao/openbao:2.7.2', cli: 'bao', folder: '/openbao', prefix: 'BAO' },
  vault: { image: 'hashicorp/vault:2.1.1', cli: 'vault', folder: '/vault', prefix: 'VAULT' },
} as const;

type MemoryLock = Pick<ProductionServerDeclaration, 'ipcLock' | 'disableMlock'>;

/**
 * Linux capabilities of the server's container, without the prefix `CAP_`. A server that locks its memory needs IPC_LOCK. Images of
 * Vault since 2.0.2 and 1.21.7 need no capability, because their program has no file capability.
 *
 * @see https://developer.hashicorp.com/vault/docs/updates/important-changes
 */
export function addedCapabilities({ ipcLock, disableMlock }: MemoryLock): readonly string[] {
  return (ipcLock ?? disableMlock === false) ? ['IPC_LOCK'] : [];
}

/**
 * Parts of an image's name, as Docker reads it. The part before the first slash is a registry if it has a dot or a colon, or is
 * `localhost`. The tag includes the digest, if there is one.
 *
 * @throws ExplainedError if the text is no image with a tag
 */
export function imageName(text: string) {
  const [, name = '', tag = ''] = TAGGED_IMAGE.exec(text) ?? [];
  if (name === '') {
    throw new ExplainedError(taggedImageProblem(text));
  }
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return hasRegistry
    ? { registry: first, repository: rest.join('/'), tag }
    : { registry: 'docker.io', repository: name, tag };
}
