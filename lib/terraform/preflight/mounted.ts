import { VaultResponseError } from '#core';
import { z } from 'zod';
import { mountReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';

/**
 * The type of what is mounted at a path of Vault.
 *
 * @param path below `auth/` for an auth method
 * @returns undefined as {@link lookAt}
 */
export async function mountedType(vault: VaultClient, path: string): Promise<string | undefined> {
  return (await lookAt(vault, `sys/mounts/${path}`, mountReply))?.data.type;
}

/**
 * A read of Vault.
 *
 * @returns undefined where nothing is there, or it may not be seen: a write is refused then, and Vault says why
 * @throws VaultResponseError, VaultUnreachableError where Vault is in trouble
 */
export async function lookAt<T>(vault: VaultClient, path: string, reply: z.ZodType<T>): Promise<T | undefined> {
  return vault.read(path, reply).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode < 500) {
      return undefined;
    }
    throw error;
  });
}
