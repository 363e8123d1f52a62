import { VaultResponseError } from '#core';
import { pluginReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { isEngineMount } from '../plan/engine-mount';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';

/*
 * Whether a deploy failed because the server has no plugin that it can run. Vault says so in the words of its file system.
 */

/** Whether it registers the plugin, for the first time or anew. */
export function writesPlugin({ type, isCreated, isUpdated }: ResourceChange): boolean {
  return type === 'vault_plugin' && (isCreated || isUpdated);
}

/**
 * @param plan that was not applied to its end
 * @param recorded what the state has by now
 */
export async function isPluginAbsent(
  vault: VaultClient,
  { changes }: Plan,
  recorded: readonly ResourceChange[],
): Promise<boolean> {
  const written = changes.find(writesPlugin);
  if (written !== undefined && !(await isRegistered(vault.withNamespace(undefined), written))) {
    return true;
  }
  // A registered plugin may be built for another machine. That shows when Vault starts it.
  const mounted = changes.find((change) => isEngineMount(change) && change.isCreated);
  return (
    mounted !== undefined &&
    recorded.some(({ type, isTainted }) => type === 'vault_plugin' && !isTainted) &&
    !(await isThere(vault.read(`sys/mounts/${mounted.after('path') ?? ''}`)))
  );
}

/**
 * @param root in the root namespace: no other has a catalog
 * @returns true also where that cannot be seen
 */
async function isRegistered(root: VaultClient, change: ResourceChange): Promise<boolean> {
  const asked = root.read(`sys/plugins/catalog/secret/${change.after('name') ?? ''}`, pluginReply);
  const found = await asked.catch(() => undefined);
  return found === undefined ? isThere(asked) : found.data.sha256 === change.after('sha256');
}

/** @returns true also where that cannot be seen */
async function isThere(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(
    () => true,
    // Vault says 400 of a mount that is not there.
    (error: unknown) => !(error instanceof VaultResponseError && [400, 404].includes(error.statusCode)),
  );
}
