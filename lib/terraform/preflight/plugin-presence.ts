import { NotDeployed, VaultResponseError } from '#core';
import { pluginReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';

/*
 * Whether the server has a plugin that it can run: in its catalog, which only the root namespace has, and in its folder.
 */

export function writesPlugin({ type, isWritten }: ResourceChange): boolean {
  return type === 'vault_plugin' && isWritten;
}

/**
 * Checks a plugin that others register, if the token may look at it.
 *
 * @param sha256 sum of the declared binary @default - none is declared
 * @throws NotDeployed if it is not registered, or another binary is
 */
export async function requireRegisteredPlugin(root: VaultClient, name: string, sha256?: string): Promise<void> {
  const path = catalogPath(name);
  const entry = await root.read(path, pluginReply).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode === 403) {
      return undefined;
    }
    throw error instanceof VaultResponseError && error.statusCode === 404
      ? new NotDeployed(
          `Vault at ${root.address} has no plugin "${name}" (${path}), but engine.plugin.manage is false; have an administrator register it, or correct engine.plugin.name`,
        )
      : error;
  });
  if (entry !== undefined && sha256 !== undefined && entry.data.sha256 !== sha256) {
    throw new NotDeployed(
      `plugin "${name}" is registered with sha256 ${entry.data.sha256}, but engine.plugin declares ${sha256}, which Vault would not start; declare the registered one, or have yours registered`,
    );
  }
}

/** Lines on a plugin that leaves the catalog under an engine that stays. Vault could not start the engine again. */
export function pluginRemovalObstacles({ changes }: Plan): string[] {
  const isMountKept = changes.some(({ isEngineMount, isDeleted }) => isEngineMount && !isDeleted);
  return changes
    .filter(({ type, isDeleted, isCreated }) => isMountKept && type === 'vault_plugin' && isDeleted && !isCreated)
    .map(
      ({ address }) =>
        `the plugin would be removed from the catalog while the engine runs it. If others register it from now on, have Terraform forget it first, in the folder of the stack: terraform state rm ${address}`,
    );
}

/** Whether a deploy failed because the server has no plugin that it can run. @param recorded the state after the failure */
export async function isPluginAbsent(
  vault: VaultClient,
  { changes }: Plan,
  recorded: readonly ResourceChange[],
): Promise<boolean> {
  const written = changes.find(writesPlugin);
  if (written !== undefined && !(await isRegistered(vault.withNamespace(undefined), written))) {
    return true;
  }
  // A registered plugin may be built for another machine, which shows when Vault starts it.
  const mounted = changes.find(({ isEngineMount, isCreated }) => isEngineMount && isCreated);
  return (
    mounted !== undefined &&
    recorded.some(({ type, isTainted }) => type === 'vault_plugin' && !isTainted) &&
    !(await isThere(vault.read(`sys/mounts/${mounted.after('path') ?? ''}`)))
  );
}

/** @returns true also if that cannot be seen */
async function isRegistered(root: VaultClient, change: ResourceChange): Promise<boolean> {
  const asked = root.read(catalogPath(change.after('name') ?? ''), pluginReply);
  const found = await asked.catch(() => undefined);
  return found === undefined ? isThere(asked) : found.data.sha256 === change.after('sha256');
}

/** @returns true also if that cannot be seen */
async function isThere(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(
    () => true,
    // Vault answers 400 for a mount that is not there.
    (error: unknown) => !(error instanceof VaultResponseError && [400, 404].includes(error.statusCode)),
  );
}

function catalogPath(name: string): string {
  return `sys/plugins/catalog/secret/${name}`;
}
