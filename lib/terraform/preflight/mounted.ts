import { VaultResponseError } from '#core';
import type { z } from 'zod';
import { mountReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';

/** @param path below `auth/` for an auth method @returns its type; undefined as {@link lookAt} */
export async function mountedType(vault: VaultClient, path: string): Promise<string | undefined> {
  return (await lookAt(vault, `sys/mounts/${path}`, mountReply))?.data.type;
}

/**
 * @returns undefined if nothing is there, or the token may not see it: then a write is refused, and Vault says why
 * @throws VaultResponseError, VaultUnreachableError if Vault is in trouble
 */
export async function lookAt<T>(vault: VaultClient, path: string, reply: z.ZodType<T>): Promise<T | undefined> {
  return vault.read(path, reply).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode < 500) {
      return undefined;
    }
    throw error;
  });
}
