import { dirname } from 'node:path';
import { loginAppRole, unwrapSecretId } from '#core';
import { run } from '../../lib/processes/child-process';
import { findServer } from '../../rehearsal/server/server-binary';
import { issuerPolicy } from '../../lib/declaration/policies/issuer-policy';
import { runCommand } from '../fixtures/programs/command-run';
import type { ScriptResult } from '../fixtures/programs/script';
import { onOpenBao, SERVER_PROGRAM } from '../fixtures/runs/server-product';
import { WrittenVault } from '../../rehearsal/written-vault';

const DAY_MS = 24 * 3_600_000;

let vault: WrittenVault;
let operator: string;

beforeAll(async () => {
  vault = await WrittenVault.start({
    apps: [{ name: 'people-me', reads: ['testauth'], secretIdUses: 1, boundCidrs: ['127.0.0.0/8', '::1/128'] }],
  });
  await vault.appLogin('people-me');
  operator = await vault.operatorToken('issuer');
});

afterAll(() => vault[Symbol.asyncDispose]());

function issue(args: readonly string[], env: Record<string, string> = {}): Promise<ScriptResult> {
  return runCommand('issue', args, { ...vault.environment, VAULT_TOKEN: operator, ...env });
}

it("issue prints the role id and secret id for an app's first login", async () => {
  const { exitCode, stdout, stderr } = await issue(['people-me', '--json', '--wrap-ttl', '3600s']);
  expect([exitCode, stderr]).toEqual([0, '']);
  const issued = JSON.parse(stdout) as Record<string, string>;
  expect(issued).toMatchObject({
    app: 'people-me',
    secretIdTtlSeconds: 7_776_000,
    secretIdUses: 1,
    boundCidrs: ['127.0.0.0/8', '::1/128'],
  });
  const remainingMs = Date.parse(issued.wrappingExpireTime ?? '') - Date.now();
  expect(remainingMs).toBeLessThanOrEqual(3_600_000);
  const lifeMs = Date.parse(issued.secretIdExpireTime ?? '') - Date.now();
  expect(Math.round(lifeMs / DAY_MS)).toBe(90);

  const anybody = vault.admin.withToken('');
  const secretId = await unwrapSecretId(anybody.connection, issued.wrappingToken ?? '');
  expect(await loginAppRole(anybody.connection, { roleId: issued.roleId ?? '', secretId })).toMatchObject({
    renewable: true,
  });
});

it('issue prints the expiry of the wrapping and the secret id, and the limits of the secret id', async () => {
  const began = Date.now();
  const { stdout } = await issue(['people-me']);
  const day = new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10);
  expect(stdout).toContain(`valid until ${day} (in 90 days), 1 login, from 127.0.0.0/8, ::1/128`);
  const [, until = ''] = /^Unwrap before {3}(\S+Z) \(in \d+ s\); it works once$/m.exec(stdout) ?? [];
  expect(Date.parse(until)).toBeGreaterThan(began + 299_000);
  expect(Date.parse(until)).toBeLessThanOrEqual(Date.now() + 300_000);
});

it('an issuer can choose the longest wrapping time', async () => {
  expect(await issue(['people-me', '--wrap-ttl', '86400s', '--json'])).toMatchObject({ exitCode: 0 });
});

onOpenBao.describe('in a namespace', () => {
  beforeAll(async () => {
    await vault.admin.write('sys/namespaces/team', {});
    const team = vault.admin.withNamespace('team');
    await team.write('sys/auth/approle', { type: 'approle' });
    await team.write('auth/approle/role/people-me', {});
  });

  it.each(['webex-token unwrap', 'bao unwrap', 'curl'])(
    'issue prints lines that fetch the secret id by %s',
    async (tool) => {
      const { stdout } = await issue(['people-me'], { VAULT_NAMESPACE: 'team', VAULT_TOKEN: vault.server.rootToken });
      const [, wrappingToken = ''] = /^Wrapping token {2}(\S+)$/m.exec(stdout) ?? [];
      const [, roleId = ''] = /^Role id {9}(\S+)$/m.exec(stdout) ?? [];
      const lines = stdout.split('\n').filter((line) => /^ {2}export /.test(line) || line.includes(tool));
      const PATH = `${dirname(await findServer())}:${process.env.PATH ?? ''}`;
      const env = { PATH, HOME: vault.folder, WRAPPING_TOKEN: wrappingToken };
      const fetched = await run('bash', ['-c', [...lines, 'cat "$VAULT_SECRET_ID_FILE"'].join('\n')], { env });
      const team = vault.admin.withNamespace('team').withToken('').connection;
      expect(await loginAppRole(team, { roleId, secretId: fetched.stdout })).toMatchObject({ renewable: true });
    },
  );
});

describe('the lifetime of the secret id', () => {
  it('issue states the declared lifetime as an upper bound if the operator may not ask Vault', async () => {
    const [roleId, secretId] = issuerPolicy('approle', 'people-me').split('\n\n');
    const policy = [roleId, secretId].join('\n');
    const { exitCode, stdout, stderr } = await issue(['people-me'], { VAULT_TOKEN: await vault.tokenWith(policy) });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('valid for at most 90 days (this Vault token may not read its expiry)');
    expect(stdout).toContain('Issue another one before it expires, or let the app renew it');
  });

  it('issue warns if the secret id expires sooner in Vault than declared', async () => {
    await vault.admin.write('sys/auth/approle/tune', { max_lease_ttl: '48h' });
    const { exitCode, stdout, stderr } = await issue(['people-me']);
    await vault.admin.write('sys/auth/approle/tune', { max_lease_ttl: '2160h' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Secret id {7}valid until \S+Z \(in \d+ s\), /m);
    const { DEPLOYMENT: file = '' } = vault.environment;
    expect(stderr).toBe(
      `warning: the secret id expires after 2 days, but ${file} declares 90 days: the longest lease of auth/approle is shorter; raise it with "${SERVER_PROGRAM} auth tune -max-lease-ttl=7776000s approle/", then issue again\n`,
    );
  });
});

it("the help names the rights that the operator needs, and the test's operator has them", async () => {
  const { stdout } = await issue(['--help']);
  for (const line of issuerPolicy('<appRole.path>', '<app>').trim().split('\n')) {
    expect(stdout).toContain(line);
  }
});

it.each([
  [['nobody'], {}, 2, 'unknown app "nobody"; the deployment declares "people-me"'],
  [['people-me'], { VAULT_TOKEN: 's.wrong' }, 5, 'this Vault token may not issue secret ids of app "people-me": '],
  [['people-me'], { VAULT_ADDR: 'http://127.0.0.1:1' }, 4, 'no answer from Vault at http://127.0.0.1:1 (ECONNREFUSED)'],
  [['people-me', '--wrap-ttl', '86401s'], {}, 2, 'It must be at most 24h, got "86401s".'],
  [
    ['people-me', '--wrap-ttl', '60s', '--to', '/nowhere/x'],
    {},
    2,
    "option '--wrap-ttl <duration>' cannot be used with option '--to <file>'",
  ],
  [['people-me', '--wrap-ttl', '0s'], {}, 2, "option '--wrap-ttl <duration>' argument '0s' is invalid."],
])('issue ends %j with %j in one line and exit code %i', async (args, env, code, line) => {
  const { exitCode, stdout, stderr } = await issue(args, env);
  expect([exitCode, stdout]).toEqual([code, '']);
  expect(stderr).toMatch(/^error: .*\n$/);
  expect(stderr).toContain(line);
});
