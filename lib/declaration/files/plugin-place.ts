import { commandLine, isExplained } from '#core';
import { PLUGIN_NAME } from '../../plugin/plugin-recipe';
import type { Deployment } from '../schema/deployment';
import { declaredPlugin, isReleasedPlugin, pluginPlatform } from './declared-plugin';
import { inspectPlugin, pluginCommand } from './plugin-binary';

/**
 * Requirements of the plugin on an existing Vault. No API writes a file to a server.
 *
 * @param folder start of a relative path
 * @returns one line; undefined if the stack runs the server, or somebody else registers the plugin
 * @see https://developer.hashicorp.com/vault/docs/plugins/plugin-architecture#plugin-directory
 */
export function pluginPlace(deployment: Deployment, folder: string): string | undefined {
  const { vault, engine } = deployment;
  if (vault.server !== undefined || !engine.plugin.manage) {
    return undefined;
  }
  const { command, sha256 } = knownBinary(deployment, folder);
  const platform = pluginPlatform(deployment);
  const source = isReleasedPlugin(deployment)
    ? `get the file by "${commandLine('plugin fetch', '--platform', platform, '--output', './plugins')}"`
    : "it must be built for the node's GOOS and GOARCH";
  return `plugin "${command}" must be in the plugin_directory of each node, with mode 0755${sha256 === undefined ? '' : ` and sha256 ${sha256}`}; ${source}; each node's configuration needs plugin_directory and api_addr`;
}

/** The name of the file, and its sha256 unless its file is unusable. Another error reports that. */
function knownBinary(deployment: Deployment, folder: string): { command: string; sha256?: string } {
  try {
    return inspectPlugin(declaredPlugin(deployment), folder);
  } catch (error) {
    if (isExplained(error)) {
      const { plugin } = deployment.engine;
      return { command: isReleasedPlugin(deployment) ? (plugin.command ?? PLUGIN_NAME) : pluginCommand(plugin) };
    }
    throw error;
  }
}
