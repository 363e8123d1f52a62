import { commandLine, ExplainedError } from '#core';
import { defaultPlugin, givenPlugin, type PluginPlaces } from '../../plugin/default-plugin';
import type { Deployment } from '../schema/deployment';

/*
 * The plugin of a deployment, with its defaults: OAUTHAPP_PLUGIN, then the plugin of this release, or the one that a clone built.
 */

export type DeclaredPlugin = Deployment['engine']['plugin'];

/** Platform of the server. Containers of Docker have the processor of this machine, unless `DOCKER_HOST` is another one. */
export function pluginPlatform({ vault: { server }, engine: { plugin } }: Deployment): string {
  const isContainer = server?.mode === 'dev' || server?.mode === 'production';
  return plugin.platform ?? (isContainer ? `linux/${process.arch}` : 'linux/x64');
}

/** Whether the declaration names no plugin, and `plugin fetch` gets it. */
export function isReleasedPlugin({ engine: { plugin } }: Deployment, env: NodeJS.ProcessEnv = process.env): boolean {
  return plugin.path === undefined && plugin.sha256 === undefined && givenPlugin(env) === undefined;
}

/**
 * @returns the plugin, with `path`, `sha256` and `command` filled in if the declaration has neither `path` nor `sha256`
 * @throws ExplainedError if the plugin has to be fetched or built first, or was changed after the release
 */
export function declaredPlugin(deployment: Deployment, places: PluginPlaces = {}): DeclaredPlugin {
  const { vault, engine } = deployment;
  const { plugin } = engine;
  const isRun = vault.server?.mode === 'dev' || vault.server?.mode === 'production';
  // Another person's catalog entry may be of any build.
  if (!(plugin.manage || isRun)) {
    return plugin;
  }
  if (!isReleasedPlugin(deployment, places.env)) {
    const isDeclared = plugin.path !== undefined || plugin.sha256 !== undefined;
    return isDeclared ? plugin : { ...plugin, path: givenPlugin(places.env) };
  }
  const platform = pluginPlatform(deployment);
  const found = defaultPlugin(platform, isRun, places);
  if (found === undefined) {
    throw new ExplainedError(
      `the plugin for ${platform} is not on this machine; run "${commandLine('plugin fetch', '--platform', platform)}", or set OAUTHAPP_PLUGIN to the binary`,
    );
  }
  return { ...plugin, ...found, command: plugin.command ?? found.command };
}
