import { pluginRemovalObstacles } from '../../../../lib/terraform/preflight/plugin-presence';
import { planned, type PlannedChange } from '../../../fixtures/declarations/planned';

const plugin = (...actions: string[]): PlannedChange => ({ type: 'vault_plugin', name: 'engine_plugin', actions });
const mount = (...actions: string[]): PlannedChange => ({ type: 'vault_mount', actions, before: { type: 'oauthapp' } });

it('the check refuses to remove a plugin from the catalog while its engine stays', () => {
  expect(pluginRemovalObstacles(planned(plugin('delete'), mount('no-op')))).toEqual([
    'the plugin would be removed from the catalog while the engine runs it. If others register it from now on, have Terraform forget it first, in the folder of the stack: terraform state rm vault_plugin.engine_plugin',
  ]);
});

it('the check lets a plugin be removed with its engine, or be replaced', () => {
  expect(pluginRemovalObstacles(planned(plugin('delete'), mount('delete')))).toEqual([]);
  expect(pluginRemovalObstacles(planned(plugin('delete', 'create'), mount('no-op')))).toEqual([]);
  expect(pluginRemovalObstacles(planned(mount('no-op')))).toEqual([]);
});
