import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCredential, loginAppRole } from '#core';
import { peopleMe } from '../../lib/webex/account-request';
import type { AppliedDeclaration } from '../../rehearsal/applier/stack';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { authorize } from '../../lib/grants/consent/ways/code-grant';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import type { OperatorName } from '../../lib/operators/operators';
import type { VaultClient } from '../../lib/vault/vault-client';
import { givingExpired } from '../fixtures/worlds/giving-expired';
import { lastingOperatorToken } from '../../rehearsal/operator-token';
import { statusOf } from '../fixtures/results/refusal';
import { z } from 'zod';
import { startRehearsal } from '../fixtures/worlds/applied-rehearsal';

/*
 * The main job on the real server and the real plugin, with two objects of each kind. The rehearsal's applier applies
 * the stack.
 */

const declared = defineDeployment({
  vault: { address: 'http://127.0.0.1:8200' },
  engine: { mountPath: 'oauth/webex', plugin: { sha256: '0'.repeat(64) } },
  integrations: [
    { name: 'webex-myapp', clientId: 'client-one', redirectUrl: 'http://localhost:5000/auth' },
    { name: 'webex-reports', clientId: 'client-two', redirectUrl: 'http://127.0.0.1:5000/auth' },
  ],
  credentials: [
    { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    {
      name: 'reports',
      integration: 'webex-reports',
      scopes: ['spark:people_read', 'analytics:read_all', 'identity:people_read'],
    },
  ],
  apps: [
    { name: 'people-me', reads: ['testauth'] },
    { name: 'meetings-report', reads: ['reports'], boundCidrs: ['127.0.0.1/32'], secretIdUses: 1 },
  ],
});

let rehearsal: Rehearsal;
let mount: string;
let applied: AppliedDeclaration;
const seen: string[] = [];

beforeAll(async () => {
  rehearsal = await startRehearsal(declared);
  mount = rehearsal.deployment.engine.mountPath;
  applied = await rehearsal.apply({ by: 'applier' });
  seen.push(JSON.stringify(applied));
});
afterAll(() => rehearsal.stop());

async function operator(name: OperatorName): Promise<VaultClient> {
  return rehearsal.admin.withToken(await lastingOperatorToken(rehearsal.admin, rehearsal.deployment, name));
}

async function authorized(credentialName: string): Promise<void> {
  const grant = await authorize({
    vault: await operator('authorizer'),
    deployment: rehearsal.deployment,
    credentialName,
    onNotice: (line) => seen.push(line),
    onUrl: async (url) => {
      seen.push(url);
      seen.push(await (await fetch(await rehearsal.webex.consent(url))).text());
    },
  });
  seen.push(JSON.stringify(grant));
}

async function loggedInAs(app: string): Promise<VaultClient> {
  const appRolePath = rehearsal.deployment.appRole.path;
  const { token } = await loginAppRole(rehearsal.admin.connection, { ...(await rehearsal.appRole(app)), appRolePath });
  return rehearsal.admin.withToken(token);
}

async function endsItsToken(name: OperatorName): Promise<void> {
  const vault = await operator(name);
  await vault.connection.revokeToken();
  expect(await statusOf(vault.connection.revokeToken())).toBe(403);
}

const anything = z.unknown();

test('the provisioner alone applies the declaration', () => {
  const stack = readFileSync(join(rehearsal.folder, 'stacks/webex-tokens/cdk.tf.json'), 'utf8');
  const { resource } = JSON.parse(stack) as { resource: Record<string, object> };
  const all = Object.entries(resource).flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`));
  expect([...applied.changed].sort()).toEqual(all.sort());
  expect(all.length).toBeGreaterThan(10);
  expect(Object.keys(applied.outputs.role_ids as object)).toEqual(['meetings-report', 'people-me']);
});

test('a second apply changes nothing and needs no secret', async () => {
  const again = await rehearsal.apply({ by: 'applier', variables: {} });
  expect(again.changed).toEqual([]);
});

test('an admin authorizes once, and each app reads the token of its own credential', async () => {
  await authorized('testauth');
  await authorized('reports');
  const { apiUrl } = rehearsal.deployment.webex;
  for (const [app, credential] of [
    ['people-me', 'testauth'],
    ['meetings-report', 'reports'],
  ] as const) {
    const { accessToken } = await readCredential((await loggedInAs(app)).connection, mount, credential);
    await expect(peopleMe({ apiUrl, accessToken })).resolves.toMatchObject({ displayName: 'Ada Admin' });
  }
});

test('an expired access token is replaced without consent', async () => {
  const app = await loggedInAs('people-me');
  const asked = (): number => rehearsal.webex.requests.filter(({ path }) => path.includes('authorize')).length;
  const consents = asked();
  const first = (await readCredential(app.connection, mount, 'testauth')).accessToken;
  // The short lifetime stands for elapsed time. The engine treats the token as expired.
  const longer = `${mount}/creds/testauth?minimum_seconds=99999999`;
  const authorizer = await operator('authorizer');
  await givingExpired(rehearsal.webex, () =>
    expect(authorizer.read(longer, anything)).rejects.toThrow('token expired'),
  );
  rehearsal.webex.grants.expireAccessTokens();
  const { accessToken } = await readCredential(app.connection, mount, 'testauth');
  expect(accessToken).not.toBe(first);
  const { apiUrl } = rehearsal.deployment.webex;
  await expect(peopleMe({ apiUrl, accessToken })).resolves.toMatchObject({ displayName: 'Ada Admin' });
  expect(asked()).toBe(consents);
});

describe('a secret id of an app', () => {
  test('the secret id works for the declared number of logins', async () => {
    const { roleId, secretId } = await rehearsal.appRole('meetings-report');
    const login = () =>
      rehearsal.admin.write(`auth/${rehearsal.deployment.appRole.path}/login`, {
        role_id: roleId,
        secret_id: secretId,
      });
    await login();
    expect(await statusOf(login())).toBe(400);
  });
});

describe('the policy of an app', () => {
  let app: VaultClient;
  beforeAll(async () => (app = await loggedInAs('people-me')));

  test('the policy lets an app read its own credential', async () => {
    expect((await readCredential(app.connection, mount, 'testauth')).accessToken).not.toBe('');
  });

  test('the policy lets an app look up, renew and revoke its own token', async () => {
    const other = await loggedInAs('people-me');
    expect(await statusOf(other.read('auth/token/lookup-self', anything))).toBe(200);
    expect(await statusOf(other.write('auth/token/renew-self', {}))).toBe(200);
    await other.connection.revokeToken();
    expect(await statusOf(other.write('auth/token/renew-self', {}))).toBe(403);
  });

  // Vault's policy "default" would permit these requests.
  test.each([
    ['ask what it may do', () => app.capabilities(`${mount}/creds/testauth`)],
    ['see all that it may do', () => app.read('sys/internal/ui/resultant-acl', anything)],
    ['wrap something', () => app.writeWrapped('sys/wrapping/wrap', { secret: 'x' }, 60)],
    ['keep something in Vault', () => app.write('cubbyhole/x', { secret: 'x' })],
    ['use the tools of Vault', () => app.write('sys/tools/hash', { input: '' })],
    ['renew leases', () => app.write('sys/leases/renew', { lease_id: 'x' })],
  ])('the policy forbids an app to %s', async (_, call) => {
    expect(await statusOf(call())).toBe(403);
  });

  test.each([
    ['read another credential', () => app.read(`${mount}/creds/reports`, anything)],
    ['write its credential', () => app.write(`${mount}/creds/testauth`, { server: 'webex-myapp', code: 'x' })],
    ['delete its credential', () => app.delete(`${mount}/creds/testauth`)],
    ['read an integration', () => app.read(`${mount}/servers/webex-myapp`, anything)],
    ['list integrations', () => app.list(`${mount}/servers`)],
    ['read the config', () => app.read(`${mount}/config`, anything)],
    ['write the config', () => app.write(`${mount}/config`, {})],
    ['exchange a token', () => app.read(`${mount}/sts/testauth`, anything)],
    ['ask for a consent URL', () => app.write(`${mount}/auth-code-url`, { server: 'webex-myapp' })],
    ['issue a secret id', () => app.write(`auth/approle/role/people-me/secret-id`, {})],
    [
      'read a policy',
      () =>
        app.read(`sys/policies/acl/${policyNameOf(rehearsal.deployment.engine.mountPath, 'app-people-me')}`, anything),
    ],
    ['see the mounts', () => app.read('sys/mounts', anything)],
    ['seal', () => app.write('sys/seal', {})],
  ])('the policy forbids an app to %s', async (_, call) => {
    expect(await statusOf(call())).toBe(403);
  });
});

describe('the policy of an authorizer', () => {
  let authorizer: VaultClient;
  beforeAll(async () => (authorizer = await operator('authorizer')));
  const consent = (more: object): object => ({
    server: 'webex-myapp',
    redirect_url: rehearsal.deployment.integrations[0]?.redirectUrl,
    scopes: 'spark:people_read',
    state: 'x',
    ...more,
  });

  test('the policy lets an authorizer request a consent URL and read the credential', async () => {
    expect(await statusOf(authorizer.write(`${mount}/auth-code-url`, consent({})))).toBe(200);
    expect(await statusOf(authorizer.read(`${mount}/creds/testauth`, anything))).toBe(200);
    expect(await statusOf(authorizer.read(`${mount}/servers/webex-myapp`, anything))).toBe(200);
  });

  test('the policy lets an authorizer write a code, which the engine then validates', async () => {
    const code = { server: 'webex-myapp', code: 'no such code', redirect_url: 'http://localhost/' };
    expect(await statusOf(authorizer.write(`${mount}/creds/testauth`, code))).toBe(400);
  });

  test('the policy lets an operator revoke its own token', () => endsItsToken('authorizer'));

  test.each([
    [
      'another redirect URL',
      () => authorizer.write(`${mount}/auth-code-url`, consent({ redirect_url: 'http://evil/' })),
    ],
    ['other scopes', () => authorizer.write(`${mount}/auth-code-url`, consent({ scopes: 'spark:all' }))],
    ['an integration not declared', () => authorizer.write(`${mount}/auth-code-url`, consent({ server: 'other' }))],
    [
      'a device grant of the engine',
      () => authorizer.write(`${mount}/creds/testauth`, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }),
    ],
    [
      'the import of a refresh token on trial',
      () => authorizer.write(`${mount}/creds/testauth.consent`, { refresh_token: 'x' }),
    ],
    [
      'a code of another integration',
      () => authorizer.write(`${mount}/creds/testauth`, { server: 'webex-reports', code: 'x' }),
    ],
    ['a credential not declared', () => authorizer.write(`${mount}/creds/other`, { server: 'webex-myapp', code: 'x' })],
    ['writing an integration', () => authorizer.write(`${mount}/servers/webex-myapp`, { client_id: 'x' })],
    ['listing integrations', () => authorizer.list(`${mount}/servers`)],
    ['the config', () => authorizer.read(`${mount}/config`, anything)],
    ['a token exchange', () => authorizer.read(`${mount}/sts/testauth`, anything)],
    ['issuing a secret id', () => authorizer.write('auth/approle/role/people-me/secret-id', {})],
    ['writing a policy', () => authorizer.write('sys/policies/acl/mine', { policy: '' })],
    ['the mounts', () => authorizer.read('sys/mounts', anything)],
    ['looking its token up', () => authorizer.read('auth/token/lookup-self', anything)],
    ['keeping something in Vault', () => authorizer.write('cubbyhole/x', { secret: 'x' })],
  ])('the policy forbids %s', async (_, call) => {
    expect(await statusOf(call())).toBe(403);
  });
});

describe('the policy of the provisioner', () => {
  let provisioner: VaultClient;
  beforeAll(async () => (provisioner = await operator('provisioner')));

  test('the policy lets an operator revoke its own token', () => endsItsToken('provisioner'));

  test.each([
    ['reading a credential', () => provisioner.read(`${mount}/creds/testauth`, anything)],
    ['writing a credential', () => provisioner.write(`${mount}/creds/testauth`, { server: 'webex-myapp', code: 'x' })],
    ['a token exchange', () => provisioner.read(`${mount}/sts/testauth`, anything)],
    ['another mount', () => provisioner.write('sys/mounts/other', { type: 'kv' })],
    ['another policy', () => provisioner.write('sys/policies/acl/other', { policy: '' })],
    ['another role', () => provisioner.write('auth/approle/role/other', {})],
    [
      'widening its own policy',
      () =>
        provisioner.write(`sys/policies/acl/${policyNameOf(rehearsal.deployment.engine.mountPath, 'provisioner')}`, {
          policy: '',
        }),
    ],
    ['issuing a secret id', () => provisioner.write('auth/approle/role/people-me/secret-id', {})],
    ['making tokens', () => provisioner.write('auth/token/create', {})],
    ['another plugin', () => provisioner.write('sys/plugins/catalog/secret/other', { sha256: 'x', command: 'x' })],
    ['seal', () => provisioner.write('sys/seal', {})],
    ['sys/raw', () => provisioner.read('sys/raw/core/mounts', anything)],
    ['keeping something in Vault', () => provisioner.write('cubbyhole/x', { secret: 'x' })],
  ])('the policy forbids %s', async (_, call) => {
    expect(await statusOf(call())).toBe(403);
  });
});

test('the stack, the state, the outcome, the log and the screen contain no secret', async () => {
  const { accessToken } = await readCredential((await loggedInAs('people-me')).connection, mount, 'testauth');
  const secrets = [...Object.values(rehearsal.variables), rehearsal.server.rootToken, accessToken];
  const written = filesBelow(rehearsal.folder).map((file) => readFileSync(file, 'utf8'));
  const everything = [...written, rehearsal.server.log, JSON.stringify(rehearsal.webex.requests), ...seen].join('\n');
  expect(everything).toContain('oauth/webex');
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20);
    expect(everything.includes(secret)).toBe(false);
  }
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
