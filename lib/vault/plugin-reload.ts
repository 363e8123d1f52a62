import { explainedBy, ExplainedError, NotDeployed, VaultResponseError } from '#core';
import { readRefreshing } from './engine-refreshing';
import { pauseRefreshing, resumeRefreshing, type PauseOptions } from './refresh-pause';
import { mountReply } from './replies';
import type { VaultClient } from './vault-client';

export interface PluginReload {
  /** With a provisioner's token. */
  readonly vault: VaultClient;
  /** Present or future mount of the engine. */
  readonly mountPath: string;
  /** Former mount. @default - the engine does not move */
  readonly movedFrom?: string;
  /** Hex sha256 of the new plugin. The catalog has it already. */
  readonly sha256: string;
  /** The engine's whole declared configuration. */
  readonly declared: Readonly<Record<string, unknown>>;
}

const AGAIN = 'fix that, then deploy again';

/**
 * Has Vault start the registered plugin in place of the running one, with refreshing paused. Does nothing if there is no
 * engine yet, or if it runs that plugin.
 *
 * @throws ExplainedError that says whether refreshing stays paused
 */
export async function reloadPlugin(reload: PluginReload, options: PauseOptions): Promise<void> {
  const { vault, mountPath, movedFrom, sha256, declared } = reload;
  const { note } = options;
  const [mounted] = await enginesAt(vault, movedFrom === undefined ? [mountPath] : [mountPath, movedFrom]);
  if (mounted === undefined) {
    note('there is no engine yet, so no plugin is reloaded');
    return;
  }
  const engine = { vault, mountPath: mounted.path, declared };
  const isRunning = await doesRun(vault, mounted.path);
  if (isRunning && mounted.sha256 === sha256) {
    note('the engine runs this plugin already');
    return;
  }
  if (isRunning) {
    await explained(`the plugin of "${mounted.path}" is not reloaded`, () => pauseRefreshing(engine, options));
  }
  try {
    // Only this mount is reloaded, because other engines with this plugin are not paused.
    await vault.write('sys/plugins/reload/backend', { mounts: [`${mounted.path}/`] });
  } catch (error) {
    const resumed = await resumeRefreshing(engine).then(
      () => 'refreshing continues',
      () => `refreshing stays paused, until ${options.howToResume}`,
    );
    throw notDone(`the plugin of "${mounted.path}" is not reloaded`, error, resumed);
  }
  note(`the plugin of "${mounted.path}" is reloaded`);
  await explained(`the plugin of "${mounted.path}" is reloaded, and refreshing stays paused`, () =>
    resumeRefreshing(engine),
  );
}

/** Whether the mount has a running plugin. If a plugin failed to start, none runs, and the mount keeps the former sha256. */
async function doesRun(vault: VaultClient, mountPath: string): Promise<boolean> {
  try {
    await readRefreshing(vault, mountPath);
    return true;
  } catch (error) {
    if (error instanceof NotDeployed) {
      return false;
    }
    throw error;
  }
}

async function enginesAt(
  vault: VaultClient,
  paths: readonly string[],
): Promise<{ readonly path: string; readonly sha256?: string }[]> {
  const found: { path: string; sha256?: string }[] = [];
  for (const path of paths) {
    const mount = await vault.read(`sys/mounts/${path}`, mountReply).catch((error: unknown) => {
      // Vault answers 400 if nothing is mounted.
      if (error instanceof VaultResponseError && [400, 404].includes(error.statusCode)) {
        return undefined;
      }
      throw error;
    });
    if (mount !== undefined) {
      found.push({ path, sha256: mount.data.running_sha256 });
    }
  }
  return found;
}

async function explained<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw notDone(what, error);
  }
}

function notDone(what: string, error: unknown, resumed?: string): unknown {
  if (error instanceof VaultResponseError || error instanceof ExplainedError) {
    const more = resumed === undefined ? '' : `; ${resumed}`;
    return explainedBy(error, `${what}: ${error.message}${more}; ${AGAIN}`);
  }
  return error;
}
