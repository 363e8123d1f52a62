import { isEngineMount } from './engine-mount';
import type { Plan } from './plan';

/**
 * Whether the plugin would leave the catalog under an engine that stays. Vault goes on running it until it starts the
 * engine anew, and then does not know it.
 *
 * @returns each as a line
 */
export function pluginRemovalObstacles({ changes }: Plan): string[] {
  const isMountKept = changes.some((change) => isEngineMount(change) && !change.isDeleted);
  const plugin = changes.find((change) => change.type === 'vault_plugin' && change.isDeleted && !change.isCreated);
  return plugin === undefined || !isMountKept
    ? []
    : [
        `the plugin would leave the catalog under the engine that runs it; if others register it from now on, have Terraform forget it first: state rm ${plugin.address}`,
      ];
}
