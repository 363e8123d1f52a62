import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { WebexTokens } from '../../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { resources, synthesize, testApp } from '../../fixtures/declarations/declaration';
import { exampleDeployment, PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

function declareStack(changes: Partial<DeploymentInput> = {}, outdir?: string) {
  return synthesize(new WebexTokens(testApp(outdir), 'webex-tokens', exampleDeployment(changes)));
}

it('the stack has each resource at its address, which the state depends on', () => {
  const addresses = Object.entries(declareStack().resource).flatMap(([type, all]) =>
    Object.keys(all).map((id) => `${type}.${id}`),
  );
  expect(addresses).toEqual([
    'terraform_data.approle_mounted_16C1BC0F',
    'terraform_data.declared',
    'terraform_data.deployment',
    'terraform_data.engine_reload_6B392DB2',
    'terraform_data.integration-webex-myapp_gate_165379CB',
    'terraform_data.integration-webex-myapp_secret_A9605910',
    'vault_approle_auth_backend_role.app-people-me_role_A0AF59C8',
    'vault_auth_backend.approle_method_9F93088C',
    'vault_generic_endpoint.approle_leases_A00D63E5',
    'vault_generic_endpoint.engine_config_0F3944DE',
    'vault_generic_endpoint.integration-webex-myapp_entry_C82146BD',
    'vault_mount.engine_mount_C20BF190',
    'vault_mount.records',
    'vault_plugin.engine_plugin_85A2BA42',
    'vault_policy.app-people-me_policy_9B98C211',
    'vault_policy.authorizer_policy_78A2132E',
    'vault_policy.observer_policy_FFF02BE8',
    'vault_policy.provisioner_policy_0BD0CF9F',
  ]);
});

it('the stack mounts the engine and its records, and Terraform refuses to delete the engine', () => {
  const declaration = declareStack();
  expect(resources(declaration, 'vault_mount')).toEqual([
    expect.objectContaining({
      path: 'oauthapp',
      type: 'oauthapp',
      lifecycle: expect.objectContaining({ prevent_destroy: true }) as object,
    }),
    expect.objectContaining({ path: 'oauthapp-records', type: 'kv', options: { version: '2' } }),
  ]);
  expect(resources(declaration, 'vault_plugin')).toEqual([
    { command: 'oauthapp', name: 'oauthapp', sha256: PLUGIN_SHA256, type: 'secret' },
  ]);
});

it('the engine keeps its configuration for as long as it is mounted', () => {
  const config = declareStack().resource.vault_generic_endpoint?.engine_config_0F3944DE;
  expect(config).toMatchObject({
    path: '${vault_mount.engine_mount_C20BF190.path}/config',
    disable_delete: true,
    ignore_absent_fields: true,
  });
});

it("the role of an app has the app's policy alone, and its policy never takes the mount with it", () => {
  const declaration = declareStack();
  expect(resources(declaration, 'vault_approle_auth_backend_role')).toEqual([
    {
      backend: '${vault_auth_backend.approle_method_9F93088C.path}',
      role_name: 'people-me',
      secret_id_num_uses: 0,
      secret_id_ttl: 7776000,
      token_max_ttl: 3600,
      token_no_default_policy: true,
      token_policies: ['${vault_policy.app-people-me_policy_9B98C211.name}'],
      token_ttl: 1200,
    },
  ]);
  expect(declaration.resource.vault_policy?.['app-people-me_policy_9B98C211']).toMatchObject({
    name: 'oauthapp-app-people-me',
    depends_on: ['vault_mount.engine_mount_C20BF190'],
    lifecycle: { create_before_destroy: true },
  });
});

it('the provider takes the address from the environment if the deployment declares the server', () => {
  const { provider } = declareStack({ vault: { server: { mode: 'dev' } } });
  expect(provider.vault).toEqual([{ skip_child_token: true }]);
});

it('the stack uses the declared namespace, and registers the plugin in the root namespace', () => {
  const declaration = declareStack({ vault: { address: 'https://vault.example', namespace: 'team' } });
  expect(declaration.provider.vault).toEqual([
    expect.objectContaining({ namespace: 'team' }),
    expect.objectContaining({ namespace: 'root', alias: 'root' }),
  ]);
  expect(resources(declaration, 'vault_plugin')).toEqual([expect.objectContaining({ provider: 'vault.root' })]);
  expect(resources(declaration, 'vault_mount')).toEqual(
    Array(2).fill(expect.not.objectContaining({ provider: 'vault.root' })),
  );
});

it('the stack has all declared integrations, credentials and apps, at the declared mount', () => {
  const declaration = declareStack({
    engine: { mountPath: 'teams/webex', plugin: { sha256: PLUGIN_SHA256 } },
    integrations: ['one', 'two'].map((name) => ({ name, clientId: name, redirectUrl: 'http://localhost:5000/auth' })),
    credentials: [
      { name: 'first', integration: 'one', scopes: ['a'] },
      { name: 'second', integration: 'two', scopes: ['b', 'c'] },
    ],
    apps: [
      { name: 'reader', reads: ['first'] },
      { name: 'reporter', reads: ['first', 'second'] },
    ],
  });
  expect(resources(declaration, 'vault_mount').map(({ path }) => path)).toEqual(['teams/webex', 'teams/webex-records']);
  expect(Object.keys(declaration.variable)).toEqual(['one_client_secret', 'two_client_secret']);
  expect(resources(declaration, 'vault_approle_auth_backend_role').map((role) => role.role_name)).toEqual([
    'reader',
    'reporter',
  ]);
  expect(Object.keys(declaration.output.role_ids?.value as object)).toEqual(['reader', 'reporter']);
});

it.each([
  ['a month, which Vault allows anyway', [{ secretIdTtlSeconds: 600 }], 32],
  ['as long as the longest of its secret ids', [{ secretIdTtlSeconds: 0 }, {}, { secretIdTtlSeconds: 86_400 }], 90],
  ['as long as a token', [{ tokenMaxTtlSeconds: 200 * 86_400 }], 200],
])('the AppRole method lets tokens and secret ids live %s', (_, apps, days) => {
  const declaration = declareStack({
    apps: apps.map((app, index) => ({ name: `app-${index}`, reads: ['testauth'], ...app })),
  });
  const [tune] = resources(declaration, 'vault_generic_endpoint').filter(({ path }) => String(path).endsWith('/tune'));
  expect(tune).toMatchObject({
    path: 'sys/mounts/auth/${vault_auth_backend.approle_method_9F93088C.path}/tune',
    data_json: JSON.stringify({ max_lease_ttl: days * 86_400, user_lockout_config: { lockout_disable: true } }),
    disable_read: true,
    lifecycle: { replace_triggered_by: ['terraform_data.approle_mounted_16C1BC0F'] },
  });
});

it('the stack leaves AppRole and the provisioner policy alone if others manage them', () => {
  const declaration = declareStack({ appRole: { manage: false }, manageProvisioner: false });
  expect(resources(declaration, 'vault_generic_endpoint').map(({ path }) => path)).not.toContainEqual(
    expect.stringContaining('sys/mounts/auth/'),
  );
  expect(resources(declaration, 'vault_auth_backend')).toEqual([]);
  expect(resources(declaration, 'vault_policy').map(({ name }) => name)).not.toContain('oauthapp-provisioner');
});

describe('with an integration and an app that are renamed', () => {
  const named = (integration: object, app: object, read: string) =>
    declareStack({
      engine: { plugin: { sha256: PLUGIN_SHA256 } },
      integrations: [{ name: '', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth', ...integration }],
      credentials: [{ name: 'testauth', integration: read, scopes: ['spark:people_read'] }],
      apps: [{ name: '', reads: ['testauth'], renewsSecretId: true, ...app }],
    });
  const before = named({ name: 'webex-myapp' }, { name: 'people-me' }, 'webex-myapp');
  const after = named(
    { name: 'reports', vaultName: 'webex-myapp' },
    { name: 'reader', vaultName: 'people-me' },
    'reports',
  );

  it('a renamed integration and a renamed app keep their former names in Vault and in the state', () => {
    const { terraform_data: notes, ...inVault } = after.resource;
    const { terraform_data: notesBefore, ...inVaultBefore } = before.resource;
    expect(inVault).toEqual(inVaultBefore);
    const { declared, ...steps } = notes ?? {};
    const { declared: declaredBefore, ...stepsBefore } = notesBefore ?? {};
    expect(declared).not.toEqual(declaredBefore);
    const called = JSON.stringify(stepsBefore)
      .replaceAll(
        String.raw`"ENTRY_SECRET_OF":"integration \"webex-myapp\""`,
        String.raw`"ENTRY_SECRET_OF":"integration \"reports\""`,
      )
      .replaceAll('webex_myapp_client_secret', 'reports_client_secret');
    expect(steps).toEqual(JSON.parse(called));
  });

  it('a renamed integration and a renamed app have their new names in variables and outputs', () => {
    expect(Object.keys(after.variable)).toEqual(['reports_client_secret']);
    expect(Object.keys(after.output.role_ids?.value as object)).toEqual(['reader']);
  });
});

it('the stack refuses a backend that keeps the states of two stacks in one place', () => {
  const declareBoth = () =>
    declareStack({ vault: { server: { mode: 'dev' } }, backend: { type: 's3', config: { key: 'state' } } });
  expect(declareBoth).toThrow(ExplainedError);
  expect(declareBoth).toThrow('backend "s3" would keep the states of both stacks in one place; put {stack} into');
});

it('the stack finds its commands from any output folder', () => {
  const outdir = realpathSync(temporaryFolder());
  const steps = JSON.stringify(resources(declareStack({}, outdir), 'terraform_data'));
  const [, way] = /"command":"node (\S+) internal write-entry check"/.exec(steps) ?? [];
  expect(join(outdir, 'stacks/webex-tokens', way ?? 'none')).toBe(join(PROJECT_FOLDER, 'scripts/webex-token-vault.js'));
});
