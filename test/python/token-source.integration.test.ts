import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { issueSecretId } from '../../lib/apps/issued-secret-id';
import { WrittenVault } from '../../rehearsal/written-vault';
import { endToken } from '../fixtures/worlds/ended-token';
import { HeldRequest } from '../fixtures/loopback/held-request';
import { PythonApp } from '../fixtures/programs/python-app';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The source of the Python package on the real server, by the standard library alone. */

const PROGRAM = join(__dirname, 'programs/token_app.py');

let vault: WrittenVault;
let base: Record<string, string>;
let secret: Record<string, string>;

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  base = { VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: roleId, WEBEX_API_URL: vault.webex.apiUrl };
  secret = { VAULT_SECRET_ID: secretId };
});
afterAll(() => vault[Symbol.asyncDispose]());

const liveTokens = async () => (await vault.admin.list('auth/token/accessors')).length;

/** Statuses and token of a line of the app. */
async function asked(app: PythonApp): Promise<{ statuses: string; token: string }> {
  const line = await app.ask();
  const [, statuses = line, token = ''] = /^(\[.*\]) (\S+)$/.exec(line) ?? [];
  return { statuses, token };
}

it('an app in Python continues after the end of its token, and revokes its Vault token at the end', async () => {
  const before = await liveTokens();
  await using app = await PythonApp.start([PROGRAM], { ...base, ...secret });
  const first = await asked(app);
  expect(first.statuses).toBe('[200]');
  expect(vault.issued).toContain(first.token);
  await endToken(vault);
  const second = await asked(app);
  expect(second.statuses).toBe('[401, 200]');
  expect(second.token).not.toBe(first.token);
  expect(await asked(app)).toEqual({ statuses: '[200]', token: second.token });
  expect([await app.ends(), app.child.exitCode, await liveTokens()]).toEqual(['', 0, before]);
});

it('forked workers log in by themselves, and leave the login of their parent', async () => {
  const before = await liveTokens();
  await using app = await PythonApp.start([PROGRAM, 'workers'], { ...base, ...secret });
  for (let worker = 1; worker <= 3; worker++) {
    expect((await asked(app)).statuses).toBe('[200]');
    expect(await liveTokens()).toBe(before + 1);
  }
  expect([await app.ends(), await liveTokens()]).toEqual(['', before]);
});

it('an app in Python unwraps its secret id, and a second app reports that it may have been taken', async () => {
  const { wrappingToken } = await issueSecretId(vault.admin, vault.deployment, 'people-me', 60);
  const env = { ...base, VAULT_WRAPPED_SECRET_ID: wrappingToken };
  await using first = await PythonApp.start([PROGRAM], env);
  expect((await asked(first)).statuses).toBe('[200]');
  await using second = await PythonApp.start([PROGRAM], env);
  expect((await asked(second)).statuses).toMatch(/^WrappingTokenSpentError .*someone has taken the secret id/);
});

it('an app in Python with a wrong secret id is not permitted, and does not print it', async () => {
  await using app = await PythonApp.start([PROGRAM], { ...base, VAULT_SECRET_ID: 'a-wrong-secret-id' });
  const { statuses } = await asked(app);
  expect(statuses).toMatch(/^NotPermitted Vault does not log role id and secret id in at auth\/approle \(400\)/);
  expect(statuses + (await app.ends())).not.toContain('a-wrong-secret-id');
});

it('an app in Python reads its secret id from a file', async () => {
  const file = join(temporaryFolder(), 'secret-id');
  writeFileSync(file, `${secret.VAULT_SECRET_ID}\n`);
  await using app = await PythonApp.start([PROGRAM], { ...base, VAULT_SECRET_ID_FILE: file });
  expect((await asked(app)).statuses).toBe('[200]');
  expect(readFileSync(file, 'utf8')).toBe(`${secret.VAULT_SECRET_ID}\n`);
});

it('the grant survives a rotating refresh during which an app in Python gets SIGINT', async () => {
  const { behavior } = vault.webex;
  const kept = { ...behavior };
  const held = new HeldRequest();
  try {
    // The engine treats a token of this lifetime as expired from the start.
    Object.assign(behavior, { refresh: 'rotate', accessTokenTtlSeconds: 5 });
    await vault.engine.authorize(vault.admin, 'testauth');
    behavior.accessTokenTtlSeconds = kept.accessTokenTtlSeconds;
    behavior.fault = { path: '/v1/access_token', when: 'after', until: held.until };
    await using app = await PythonApp.start([PROGRAM], { ...base, ...secret });
    const answer = app.ask();
    await held.waits;
    app.child.kill('SIGINT');
    // Long enough for the engine to notice a hang-up. The test also passes with a slower engine.
    await sleep(500);
    held.release();
    await answer;
    await app[Symbol.asyncDispose]();
    behavior.fault = undefined;
    await using next = await PythonApp.start([PROGRAM], { ...base, ...secret });
    expect((await asked(next)).statuses).toBe('[200]');
  } finally {
    vault.webex.behavior = { ...kept, fault: undefined };
  }
});
