import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { WebexTokens } from '../../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { resources, synthesize, testApp } from '../../fixtures/declarations/declaration';
import { exampleDeployment, PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

function declareStack(changes: Partial<DeploymentInput> = {}, outdir?: string) {
  return synthesize(new WebexTokens(testApp(outdir), 'webex-tokens', exampleDeployment(changes)));
}

it('the stack matches its snapshot', () => {
  expect(declareStack()).toMatchSnapshot();
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

it('the stack needs no plugin binary if others register the plugin', () => {
  expect(resources(declareStack({ engine: { plugin: { manage: false } } }), 'vault_plugin')).toEqual([]);
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

it('the stack keeps its state in any backend', () => {
  const { terraform } = declareStack({
    backend: { type: 's3', config: { bucket: 'states', key: 'webex/{stack}.tfstate', use_lockfile: true } },
  });
  expect(terraform.backend).toEqual({
    s3: { bucket: 'states', key: 'webex/webex-tokens.tfstate', use_lockfile: true },
  });
});

it('the stack refuses a backend that keeps the states of two stacks in one place', () => {
  const declareBoth = () =>
    declareStack({ vault: { server: { mode: 'dev' } }, backend: { type: 's3', config: { key: 'state' } } });
  expect(declareBoth).toThrow(ExplainedError);
  expect(declareBoth).toThrow('backend "s3" would keep the states of two stacks in one place; put {stack} in');
});

it('the stack requires a Terraform version with ephemeral values', () => {
  expect(declareStack().terraform).toMatchObject({ required_version: '>= 1.11' });
});

it('the stack finds its commands from any output folder', () => {
  const outdir = realpathSync(mkdtempSync(join(tmpdir(), 'declaration-')));
  try {
    const steps = JSON.stringify(resources(declareStack({}, outdir), 'terraform_data'));
    const [, way] = /"command":"node (\S+) internal write-entry check"/.exec(steps) ?? [];
    expect(join(outdir, 'stacks/webex-tokens', way ?? 'none')).toBe(
      join(PROJECT_FOLDER, 'scripts/webex-token-vault.js'),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
