import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { ExplainedError } from '#core';
import { Engine, type EngineProps } from '../../../constructs/tokens/engine';
import { declare, resources } from '../../fixtures/declarations/declaration';
import { PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';

function declareEngine(props: EngineProps = {}) {
  return declare((stack) => new Engine(stack, 'engine', { pluginSha256: PLUGIN_SHA256, ...props }));
}

function configOf(props: EngineProps): Record<string, unknown> {
  const [config] = resources(declareEngine(props), 'vault_generic_endpoint');
  return JSON.parse(config?.data_json as string) as Record<string, unknown>;
}

it('registers, mounts and tunes the plugin', () => {
  expect(declareEngine().resource).toMatchSnapshot();
});

it('has Terraform import what is mounted already, where that is to be imported', () => {
  expect(declareEngine({ import: true, mountPath: 'teams/webex' })).toMatchObject({
    import: [{ id: 'teams/webex', to: 'vault_mount.engine_mount_C20BF190' }],
  });
  expect(declareEngine()).not.toHaveProperty('import');
});

it('never reaps a grant, unless told to', () => {
  expect(configOf({})).toMatchObject({ tune_reap_check_interval_seconds: 0 });
});

it('refreshes seven days ahead, in the terms of the plugin: interval times factor', () => {
  expect(configOf({})).toMatchObject({
    tune_refresh_check_interval_seconds: 3600,
    tune_refresh_expiry_delta_factor: 168,
  });
  expect(configOf({ tuning: { refreshCheckIntervalSeconds: 60, refreshAheadSeconds: 90 } })).toMatchObject({
    tune_refresh_check_interval_seconds: 60,
    tune_refresh_expiry_delta_factor: 1.5,
  });
});

it('keeps a factor that the plugin accepts where background refresh is off', () => {
  expect(configOf({ tuning: { refreshCheckIntervalSeconds: 0 } })).toMatchObject({
    tune_refresh_expiry_delta_factor: 1,
  });
});

it('writes each field of the configuration, as the plugin resets one that is left out', () => {
  expect(configOf({ tuning: { providerTimeoutSeconds: 1, providerTimeoutExpiryLeewayFactor: 2 } })).toEqual({
    default_server: '',
    tune_provider_timeout_seconds: 1,
    tune_provider_timeout_expiry_leeway_factor: 2,
    tune_refresh_check_interval_seconds: 3600,
    tune_refresh_expiry_delta_factor: 168,
    tune_reap_check_interval_seconds: 0,
    tune_reap_dry_run: false,
    tune_reap_non_refreshable_seconds: 86_400,
    tune_reap_revoked_seconds: 3600,
    tune_reap_transient_error_attempts: 10,
    tune_reap_transient_error_seconds: 86_400,
    tune_reap_server_deleted_seconds: 86_400,
  });
});

describe('where the plugin is another one', () => {
  const [reload] = resources(declareEngine({ vaultAddress: 'https://vault.example' }), 'terraform_data');

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
    const environment = (props: EngineProps): unknown => {
      const [{ provisioner } = {}] = resources(declareEngine(props), 'terraform_data');
      return (provisioner as { 'local-exec': { environment: unknown } }[])[0]?.['local-exec'].environment;
    };
    expect(environment({ vaultAddress: 'https://vault.example' })).toEqual({
      ENGINE_MOUNT: 'oauthapp',
      ENGINE_PLUGIN_SHA256: PLUGIN_SHA256,
      ENGINE_CONFIGURATION: JSON.stringify(configOf({})),
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
      return new Engine(stack, 'engine', { pluginSha256: PLUGIN_SHA256, pluginProvider });
    });
    expect(resources(inNamespace, 'terraform_data')).toEqual([]);
    expect(resources(declareEngine({ pluginSha256: undefined }), 'terraform_data')).toEqual([]);
  });
});

it('writes no catalog entry where someone else does', () => {
  expect(resources(declareEngine({ pluginSha256: undefined }), 'vault_plugin')).toEqual([]);
});

it.each([
  [{ refreshAheadSeconds: 10 }, 'refreshAheadSeconds must not be below refreshCheckIntervalSeconds (3600), got 10'],
  [{ refreshCheckIntervalSeconds: 7776001 }, 'refreshCheckIntervalSeconds must be at most 7776000 (90 days)'],
  [{ providerTimeoutExpiryLeewayFactor: 0.5 }, 'providerTimeoutExpiryLeewayFactor must be at least 1, got 0.5'],
])('refuses %j, which the plugin would refuse or misunderstand', (tuning, message) => {
  expect(() => declareEngine({ tuning })).toThrow(ExplainedError);
  expect(() => declareEngine({ tuning })).toThrow(message);
});

it.each<[string, EngineProps, string[]]>([
  ['as it is', { mountPath: 'webex' }, ['webex']],
  ['or as it was, where it is declared to move', { mountPath: 'webex', movedFrom: 'oauthapp' }, ['webex', 'oauthapp']],
])('refuses to be planned where its path in the state is not %s', (_, props, paths) => {
  const [mount] = resources(
    declare((stack) => new Engine(stack, 'engine', { pluginSha256: PLUGIN_SHA256, ...props })),
    'vault_mount',
  );
  expect(mount).toMatchObject({
    lifecycle: { postcondition: [{ condition: `\${contains(${JSON.stringify(paths)}, self.id)}` }] },
  });
});
