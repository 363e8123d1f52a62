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

it('Terraform imports an existing mount if the deployment declares the import', () => {
  expect(declareEngine({ import: true, mountPath: 'teams/webex' })).toMatchObject({
    import: [{ id: 'teams/webex', to: 'vault_mount.engine_mount_C20BF190' }],
  });
  expect(declareEngine()).not.toHaveProperty('import');
});

describe('with another plugin', () => {
  const [reload] = resources(
    declareEngine({}, { environment: { VAULT_ADDR: 'https://vault.example' } }),
    'terraform_data',
  );

  it('a command reloads a changed plugin after its registration and before any write to the engine', () => {
    expect(reload).toMatchObject({
      triggers_replace: { sha256: PLUGIN_SHA256 },
      depends_on: ['vault_plugin.engine_plugin_85A2BA42'],
      lifecycle: { replace_triggered_by: ['vault_plugin.engine_plugin_85A2BA42'] },
    });
    const [mount] = resources(declareEngine(), 'vault_mount');
    expect(mount?.depends_on).toContainEqual(expect.stringMatching(/^terraform_data\.engine_reload_/));
  });

  it("the reload command gets the engine's mount path and declared configuration", () => {
    const environment = (settings: DeploymentInput['engine'], props: Partial<EngineProps> = {}): unknown => {
      const [{ provisioner } = {}] = resources(declareEngine(settings, props), 'terraform_data');
      return (provisioner as { 'local-exec': { environment: unknown } }[])[0]?.['local-exec'].environment;
    };
    expect(environment({}, { environment: { VAULT_ADDR: 'https://vault.example' } })).toEqual({
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

  it('the stack reloads only a plugin that it registers in its own namespace', () => {
    const inNamespace = declare((stack) => {
      const pluginProvider = new VaultProvider(stack, 'root', { alias: 'root' });
      return new Engine(stack, 'engine', { ...resolvedExample().engine, pluginProvider });
    });
    expect(resources(inNamespace, 'terraform_data')).toEqual([]);
    expect(resources(declareEngine(UNREGISTERED), 'terraform_data')).toEqual([]);
  });
});

it('the stack writes no catalog entry for a plugin that others register', () => {
  expect(resources(declareEngine(UNREGISTERED), 'vault_plugin')).toEqual([]);
});

it.each<[string, NonNullable<DeploymentInput['engine']>, string[]]>([
  ['as it is', { mountPath: 'webex' }, ['webex']],
  ['or as it was, where it is declared to move', { mountPath: 'webex', movedFrom: 'oauthapp' }, ['webex', 'oauthapp']],
])("the plan requires the mount's path in the state %s", (_, settings, paths) => {
  const [mount] = resources(declareEngine(settings), 'vault_mount');
  expect(mount).toMatchObject({
    lifecycle: { postcondition: [{ condition: `\${contains(${JSON.stringify(paths)}, self.id)}` }] },
  });
});
