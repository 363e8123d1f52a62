import { VaultResponseError } from '#core';
import { z } from 'zod';
import type { Deployment } from '../../declaration/schema/deployment';
import type { VaultClient } from '../../vault/vault-client';
import { mountedType } from './mounted';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';

/*
 * Mounts that a plan creates and Vault has already. A deploy that fails half way leaves one behind: Terraform's provider
 * forgets an auth method without a configuration, and a mount whose answer got lost.
 */

/** A mount of Vault that is not in Terraform's state. */
export interface UnknownMount {
  readonly change: ResourceChange;
  /** Below `auth/` for an auth method. */
  readonly path: string;
  readonly type: string;
  readonly isAuthMethod: boolean;
  /** Why nothing is lost with it. @default - it is in use, or that is unknown */
  readonly emptiness?: string;
}

/** Nobody can log in by these before they are configured. */
const CONFIGURED = ['jwt', 'oidc', 'kubernetes'];

/** Options of a KV mount of version 2. */
const versions = z.object({ version: z.literal('2') });

export async function unknownMounts(vault: VaultClient, { changes }: Plan): Promise<UnknownMount[]> {
  const made = changes.filter(
    (change) => change.isNew && (change.isAuthMethod || (change.type === 'vault_mount' && !change.isEngineMount)),
  );
  const found: UnknownMount[] = [];
  for (const change of made) {
    const { isAuthMethod } = change;
    const path = change.after('path') ?? '';
    const type = await mountedType(vault, isAuthMethod ? `auth/${path}` : path);
    if (type !== undefined) {
      const emptiness = type === change.after('type') ? await emptinessOf(vault, path, change) : undefined;
      found.push({ change, path, type, isAuthMethod, emptiness });
    }
  }
  return found;
}

/** Removes the empty ones, so that Terraform can create them. */
export async function removeEmptyMounts(vault: VaultClient, plan: Plan): Promise<void> {
  for (const { path, isAuthMethod, emptiness } of await unknownMounts(vault, plan)) {
    if (emptiness !== undefined) {
      await vault.delete(`sys/${isAuthMethod ? 'auth' : 'mounts'}/${path}`);
    }
  }
}

/** Each empty one as a line for people. */
export function emptyMountNotices(mounts: readonly UnknownMount[]): string[] {
  return mounts.flatMap(({ path, isAuthMethod, emptiness }) =>
    emptiness === undefined
      ? []
      : [
          `the ${isAuthMethod ? 'auth method' : 'mount'} at "${path}" is left over from a deploy that failed: ${emptiness}, so it is removed and created again`,
        ],
  );
}

/** Each one in use as a line: Vault mounts nothing over it. */
export function occupiedMountObstacles(mounts: readonly UnknownMount[], { appRole, operators }: Deployment): string[] {
  return mounts
    .filter(({ emptiness }) => emptiness === undefined)
    .map(({ change, path, type, isAuthMethod }) => {
      if (!isAuthMethod) {
        return `"${path}" is mounted already, with type "${type}", and Terraform does not know it; import it as ${change.address}, or remove it if nothing in it is needed`;
      }
      const others =
        path === operators?.oidc?.path
          ? 'Choose another operators.oidc.path'
          : path === appRole.path
            ? 'If it is AppRole, declare appRole.manage: false; otherwise choose another appRole.path'
            : 'If others manage it, declare manageMethod: false for the apps that log in there; otherwise choose another path for them';
      return `"${path}" is an auth method already, of type "${type}", and Terraform does not know it. ${others}`;
    });
}

async function emptinessOf(vault: VaultClient, path: string, change: ResourceChange): Promise<string | undefined> {
  const type = change.after('type') ?? '';
  if (CONFIGURED.includes(type)) {
    const isAbsent = await isNotFound(vault.read(`auth/${path}/config`));
    return isAbsent ? 'it has no configuration and lets nobody in' : undefined;
  }
  if (change.isAuthMethod) {
    const roles = `auth/${path}/${type === 'cert' ? 'certs' : 'role'}`;
    return (await isEmpty(vault, roles)) ? 'it has no role and lets nobody in' : undefined;
  }
  const isVersioned = versions.safeParse(change.valueAfter('options')).success;
  return (await isEmpty(vault, isVersioned ? `${path}/metadata` : path)) ? 'nothing is in it' : undefined;
}

/** By GET, because some proxies refuse LIST. */
function isEmpty(vault: VaultClient, folder: string): Promise<boolean> {
  return isNotFound(vault.read(`${folder}?list=true`));
}

/** Whether Vault says that nothing is there. A refusal does not say so. */
async function isNotFound(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return false;
  } catch (error) {
    if (error instanceof VaultResponseError && error.statusCode < 500) {
      return error.statusCode === 404;
    }
    throw error;
  }
}
