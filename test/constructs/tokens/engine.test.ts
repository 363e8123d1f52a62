import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { Engine, type EngineProps } from '../../../constructs/tokens/engine';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { declare, resources } from '../../fixtures/declarations/declaration';
import { PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';
import { resolvedExample } from '../../fixtures/declarations/resolved-example';

function declareEngine(settings: DeploymentInput['engine'] = {}, props: Partial<EngineProps> = {}) {
  const { engine } = resolvedExample({ engine: { plugin: { sha256: PLUGIN_SHA256 }, ...settings } });
  return declare((stack) => new Engine(stack, 'engine', { ...engine, ...props }));
}

const UNREGISTERED = { plugin: { manage: false } };

it('has Terraform import what is mounted already, where that is to be imported', () => {
  expect(declareEngine({ import: true, mountPath: 'teams/webex' })).toMatchObject({
    import: [{ id: 'teams/webex', to: 'vault_mount.engine_mount_C20BF190' }],
  });
  expect(declareEngine()).not.toHaveProperty('import');
});

describe('where the plugin is another one', () => {
  const [reload] = resources(declareEngine({}, { vaultAddress: 'https://vault.example' }), 'terraform_data');

  it('has it reloaded by a command, before anything is written to it, after the catalog has it', () => {
    expect(reload).toMatchObject({
      triggers_replace: { sha256: PLUGIN_SHA256 },
      depends_on: ['vault_plugin.engine_plugin_85A2BA42'],
      lifecycle: { replace_triggered_by: ['vault_plugin.engine_plugin_85A2BA42'] },
    });
    const [mount] = resources(declareEngine(), 'vault_mount');
    expect(mount?.depends_on).toContainEqual(expect.stringMatching(/^terraform_data\.engine_reload_/));
  });

  it('tells that command where the engine is, and what it is declared to be', () => {
    const environment = (settings: DeploymentInput['engine'], props: Partial<EngineProps> = {}): unknown => {
      const [{ provisioner } = {}] = resources(declareEngine(settings, props), 'terraform_data');
      return (provisioner as { 'local-exec': { environment: unknown } }[])[0]?.['local-exec'].environment;
    };
    expect(environment({}, { vaultAddress: 'https://vault.example' })).toEqual({
      ENGINE_MOUNT: 'oauthapp',
      ENGINE_PLUGIN_SHA256: PLUGIN_SHA256,
      ENGINE_CONFIGURATION: JSON.stringify(resolvedExample().engine.configuration),
      VAULT_ADDR: 'https://vault.example',
    });
    expect(environment({ mountPath: 'webex', movedFrom: 'oauthapp' })).toMatchObject({
      ENGINE_MOUNT: 'webex',
      ENGINE_MOVED_FROM: 'oauthapp',
    });
  });

  it('reloads none that is registered from another namespace, nor one that somebody else registers', () => {
    const inNamespace = declare((stack) => {
      const pluginProvider = new VaultProvider(stack, 'root', { alias: 'root' });
      return new Engine(stack, 'engine', { ...resolvedExample().engine, pluginProvider });
    });
    expect(resources(inNamespace, 'terraform_data')).toEqual([]);
    expect(resources(declareEngine(UNREGISTERED), 'terraform_data')).toEqual([]);
  });
});

it('writes no catalog entry where someone else does', () => {
  expect(resources(declareEngine(UNREGISTERED), 'vault_plugin')).toEqual([]);
});

it.each<[string, NonNullable<DeploymentInput['engine']>, string[]]>([
  ['as it is', { mountPath: 'webex' }, ['webex']],
  ['or as it was, where it is declared to move', { mountPath: 'webex', movedFrom: 'oauthapp' }, ['webex', 'oauthapp']],
])('refuses to be planned where its path in the state is not %s', (_, settings, paths) => {
  const [mount] = resources(declareEngine(settings), 'vault_mount');
  expect(mount).toMatchObject({
    lifecycle: { postcondition: [{ condition: `\${contains(${JSON.stringify(paths)}, self.id)}` }] },
  });
});
