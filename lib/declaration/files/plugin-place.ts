import type { Deployment } from '../schema/deployment';
import { pluginCommand } from './plugin-binary';

/**
 * Requirements of an existing Vault before it runs the plugin. No API puts a file on a server.
 *
 * @returns one line; undefined if the stack runs the server with the plugin, or others register it
 * @see https://developer.hashicorp.com/vault/docs/plugins/plugin-architecture#plugin-directory
 */
export function pluginPlace({ vault, engine }: Deployment): string | undefined {
  const { plugin } = engine;
  return vault.server === undefined && plugin.manage
    ? `plugin "${pluginCommand(plugin)}" has to be in the plugin_directory of this Vault, on each node, mode 0755, built for the node's OS and architecture (GOOS, GOARCH); each node's configuration has plugin_directory and api_addr`
    : undefined;
}
