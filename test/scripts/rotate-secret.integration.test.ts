import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCredential } from '#core';
import { writeOperatorLogin } from '../../lib/operators/operator-folder';
import { renewOperator } from '../../lib/operators/operators';
import { Records } from '../../lib/vault/records/record-store';
import { rotationRecordSchema } from '../../lib/grants/rotation/rotation-lock';
import type { SimulatedClient } from '../../rehearsal/webex/simulated-client';
import { HeldRequest } from '../fixtures/loopback/held-request';
import { CommandRun } from '../fixtures/programs/command-run';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { runOnTerminal } from '../fixtures/programs/terminal';
import { WrittenVault } from '../../rehearsal/written-vault';

/* The rotation of an integration's client secret by the operators of `init`, while apps read. */

const RECORD = 'rotations/webex-myapp';

let fixture: WrittenVault;
let operators: string;
let client: SimulatedClient;
const printed: string[] = [];
const secrets: string[] = [];

beforeAll(async () => {
  fixture = await WrittenVault.start();
  operators = join(fixture.folder, 'operators');
  mkdirSync(operators, { mode: 0o700 });
  for (const name of ['provisioner', 'authorizer'] as const) {
    await fixture.operatorToken(name);
    await renewOperator(fixture.admin, name, async (login) => {
      await writeOperatorLogin(operators, name, login);
      secrets.push(login.secretId);
    });
  }
  client = fixture.webex.clients[0] as SimulatedClient;
});
beforeEach(async () => {
  Object.assign(fixture.webex.behavior, { fault: undefined, errorShape: 'rfc6749', refresh: 'renew' });
  client.clientSecret = fixture.clientSecret;
  client.formerSecret = undefined;
  await new Records(fixture.admin, 'oauthapp-records').delete(RECORD);
  await fixture.engine.writeIntegration(fixture.admin);
  await fixture.engine.authorize(fixture.admin, 'testauth');
});
afterAll(() => fixture[Symbol.asyncDispose]());

function newSecret(): string {
  const secret = randomBytes(32).toString('hex');
  secrets.push(secret);
  return secret;
}

/** Makes Webex issue a new secret. The old secret becomes invalid at once, or stays valid for a while. */
function regenerate(overlapping: boolean): { readonly fresh: string; readonly old: string } {
  const [fresh, old] = [newSecret(), client.clientSecret];
  client.clientSecret = fresh;
  client.formerSecret = overlapping ? old : undefined;
  return { fresh, old };
}

function file(content: string): string {
  const path = join(fixture.folder, `secret-${randomBytes(6).toString('hex')}`);
  writeFileSync(path, `${content}\n`, { mode: 0o600 });
  return path;
}

function commandLine(fresh: string, old?: string, ...args: string[]): [string, string[], Record<string, string>] {
  const files = ['--new-secret-file', file(fresh), ...(old === undefined ? [] : ['--old-secret-file', file(old)])];
  const env = { ...fixture.environment, VAULT_ADDR: fixture.server.address };
  return ['rotate-secret', ['webex-myapp', '--operators', operators, ...files, ...args], env];
}

/** Starts the command in this process, where a signal arrives at once. */
function start(fresh: string, old?: string, ...args: string[]): CommandRun {
  return new CommandRun(...commandLine(fresh, old, ...args));
}

/** Starts the command in a process that can be killed, and that runs beside others. */
function startProcess(fresh: string, old: string): Script {
  return new Script(...commandLine(fresh, old));
}

async function end(script: Script | CommandRun): Promise<ScriptResult> {
  const result = await script.result();
  printed.push(result.stdout, result.stderr);
  return result;
}

function rotate(fresh: string, old?: string, ...args: string[]): Promise<ScriptResult> {
  return end(start(fresh, old, ...args));
}

/** Makes Webex hold a refresh after some answers. */
function holdRefresh(answered = 0): HeldRequest {
  const held = new HeldRequest();
  const grant = fixture.webex.grants.count;
  fixture.webex.behavior.fault = [
    { grant, count: answered },
    { grant, until: held.until },
  ];
  return held;
}

/** Webex's answers to a refresh with the engine's current secret, after the former secret is invalid. */
async function refreshes(): Promise<number[]> {
  const before = fixture.engine.refreshes.length;
  await fixture.engine.forceRefresh(fixture.admin, 'testauth');
  return fixture.engine.refreshes.slice(before);
}

function record() {
  return new Records(fixture.admin, 'oauthapp-records').read(RECORD, rotationRecordSchema);
}

it('the rotation adds the new secret, proves it by a refresh and drops the old one, unnoticed by readers', async () => {
  const login = await fixture.appLogin('people-me');
  secrets.push(login.secretId);
  const read = { count: 0, failed: [] as unknown[] };
  let reading = true;
  const readers = Array.from({ length: 4 }, async () => {
    while (reading) {
      await readCredential(fixture.admin.connection, 'oauthapp', 'testauth').catch((error: unknown) =>
        read.failed.push(error),
      );
      read.count += 1;
    }
  });
  const { fresh, old } = regenerate(true);
  const result = await rotate(fresh, old);
  reading = false;
  await Promise.all(readers);
  expect(result.stderr.split('\n')).toEqual([
    'Webex accepts the new client secret',
    'the engine has both client secrets, the new one first',
    '"testauth" was refreshed',
    'the engine has only the new client secret',
    '"testauth" was refreshed',
    '',
  ]);
  expect(result.stdout).toMatch(/^Integration "webex-myapp" has its new client secret: "testauth" was refreshed /);
  expect(result.stdout).toContain('TF_VAR_webex_myapp_client_secret');
  expect(result.exitCode).toBe(0);
  expect(read.failed).toEqual([]);
  expect(read.count).toBeGreaterThan(100);
  client.formerSecret = undefined;
  expect(await refreshes()).toEqual([200]);
  client.clientSecret = old;
  expect(await refreshes()).toEqual([401]);
  expect((await record()).value).toEqual({ running: null });
});

it.each(['rotate', 'keep', 'omit'] as const)(
  'the rotation keeps the grant if a refresh is of kind "%s"',
  async (kind) => {
    fixture.webex.behavior.refresh = kind;
    const { fresh, old } = regenerate(true);
    const { exitCode, stdout } = await rotate(fresh, old, '--json');
    expect(JSON.parse(stdout)).toEqual({ integration: 'webex-myapp', refreshed: 'testauth', old: 'dropped' });
    expect(exitCode).toBe(0);
    expect(await refreshes()).toEqual([200]);
  },
);

it('the rotation restores an integration whose old secret Webex has dropped, with or without that secret', async () => {
  const known = regenerate(false);
  await fixture.engine.forceRefresh(fixture.admin, 'testauth');
  const first = await rotate(known.fresh, known.old, '--json');
  expect(first.stderr).toContain('Webex refuses the old client secret, so it is not kept');
  expect(JSON.parse(first.stdout)).toMatchObject({ refreshed: 'testauth', old: 'unusable' });
  const lost = regenerate(false);
  const second = await rotate(lost.fresh, undefined, '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({ refreshed: 'testauth', old: 'not given' });
  expect(await refreshes()).toEqual([200]);
});

it("the rotation relies on Webex's check alone if there is no grant to refresh", async () => {
  await fixture.admin.delete('oauthapp/creds/testauth');
  const { fresh, old } = regenerate(true);
  const { exitCode, stdout } = await rotate(fresh, old);
  expect(stdout).toMatch(/Webex accepts it, but no refresh has proven it, because the integration has no grant/);
  expect(exitCode).toBe(0);
  client.formerSecret = undefined;
  await fixture.engine.authorize(fixture.admin, 'testauth');
});

it.each(['rfc6749', 'webex'] as const)(
  `the rotation accepts the right secret if Webex's refusals have the form "%s"`,
  async (shape) => {
    fixture.webex.behavior.errorShape = shape;
    const { fresh, old } = regenerate(true);
    expect((await rotate(fresh, old)).exitCode).toBe(0);
  },
);

it.each(['rfc6749', 'webex'] as const)(
  'the rotation changes nothing if the new secret is wrong and Webex answers in the form "%s"',
  async (shape) => {
    const line =
      /^error: Webex refuses the new client secret for client rehearsal-webex-myapp \(.*\), so .* is unchanged; copy/;
    fixture.webex.behavior.errorShape = shape;
    const { exitCode, stdout, stderr } = await rotate(newSecret(), fixture.clientSecret);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(await refreshes()).toEqual([200]);
    expect((await record()).value).toEqual({ running: null });
  },
);

it.each([
  ['answers 429', { status: 429, retryAfterSeconds: 9 }],
  ['answers 503', { status: 503 }],
  ['hangs up', { dropConnection: true }],
])('the rotation changes nothing if Webex %s', async (_, fault) => {
  const { fresh, old } = regenerate(true);
  fixture.webex.behavior.fault = fault;
  const { exitCode, stderr } = await rotate(fresh, old);
  expect(stderr).toMatch(
    /^error: the new client secret could not be checked \(.*\), and integration "webex-myapp" is unchanged; .*\n$/,
  );
  expect(exitCode).toBe(4);
  fixture.webex.behavior.fault = undefined;
  client.clientSecret = old;
  expect(await refreshes()).toEqual([200]);
});

it('a second rotation is refused, and a killed rotation is taken over', async () => {
  const { fresh, old } = regenerate(true);
  const held = holdRefresh();
  const first = startProcess(fresh, old);
  await held.waits;
  const second = await rotate(fresh, old);
  expect(second.stderr).toMatch(
    /^error: another rotation of integration "webex-myapp" is under way \(\S+ on \S+, process \d+; \S+Z\), so nothing was changed; .* try again in 5 min\n$/,
  );
  expect(second.exitCode).toBe(1);
  first.child.kill('SIGKILL');
  await first.result();
  fixture.webex.behavior.fault = undefined;
  expect((await rotate(fresh, old)).exitCode).toBe(1);

  const { value, version } = await record();
  const at = new Date(Date.now() - 301_000).toISOString();
  await new Records(fixture.admin, 'oauthapp-records').write(RECORD, { running: { ...value?.running, at } }, version);
  const third = await rotate(fresh, old);
  expect(third.stderr).toMatch(/^taking the lock of a rotation that was killed \(.*\)\n/);
  expect(third.exitCode).toBe(0);
});

it('only one of two simultaneous rotations succeeds', async () => {
  const { fresh, old } = regenerate(true);
  const ends = await Promise.all([1, 2, 3].map(() => end(startProcess(fresh, old))));
  expect(ends.map(({ exitCode }) => exitCode).filter((code) => code === 0)).not.toEqual([]);
  expect(ends.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr.split('\n').at(-2))).toEqual(
    ends
      .filter(({ exitCode }) => exitCode !== 0)
      .map(() => expect.stringMatching(/^error: another rotation .*/) as string),
  );
  client.formerSecret = undefined;
  expect(await refreshes()).toEqual([200]);
});

it('an interrupted rotation leaves both secrets in Vault, and says so', async () => {
  const { fresh, old } = regenerate(true);
  const held = holdRefresh();
  const script = start(fresh, old);
  await held.waits;
  script.kill('SIGINT');
  held.release();
  const { exitCode, stdout, stderr } = await end(script);
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr).toMatch(/^error: interrupted: integration "webex-myapp" has both client secrets in Vault/m);
  fixture.webex.behavior.fault = undefined;
  client.formerSecret = undefined;
  expect(await refreshes()).toEqual([200]);
  expect((await rotate(fresh, old)).exitCode).toBe(0);
});

it('the rotation finishes if it is interrupted during the last refresh', async () => {
  const { fresh, old } = regenerate(true);
  const held = holdRefresh(1);
  const script = start(fresh, old);
  await held.waits;
  await script.says(/only the new client secret/);
  script.kill('SIGTERM');
  held.release();
  const { exitCode, stdout } = await end(script);
  expect(stdout).toContain('has its new client secret: "testauth" was refreshed with it');
  expect(exitCode).toBe(0);
});

it('the command asks for both secrets at a terminal without showing them', async () => {
  const { fresh, old } = regenerate(true);
  const env = { ...fixture.environment, VAULT_ADDR: fixture.server.address };
  const args = ['webex-myapp', '--operators', operators];
  const { exitCode, screen } = await runOnTerminal('rotate-secret', args, env, [
    ['New client secret of "webex-myapp"', fresh],
    ['Old client secret', old],
  ]);
  printed.push(screen);
  expect(screen).toContain('the engine has both client secrets');
  expect(exitCode).toBe(0);
});

describe('bad input', () => {
  it.each<[string, () => string[], RegExp, number]>([
    [
      'no file and no terminal',
      () => [],
      /no terminal to ask for the new client secret; name its file with --new-secret-file/,
      2,
    ],
    ['a file that is not there', () => ['--new-secret-file', '/nowhere'], /\/nowhere, cannot be read \(ENOENT\)/, 1],
    ['an empty file', () => ['--new-secret-file', file('')], /must be the new client secret alone, and is empty/, 1],
    ['two words', () => ['--new-secret-file', file('a b')], /and has white space in it; copy it again/, 1],
    [
      'the old one twice',
      () => ['--new-secret-file', file('same-secret'), '--old-secret-file', file('same-secret')],
      /the new and the old client secret are the same, so nothing was changed/,
      1,
    ],
  ])('the error for %s is one line', async (_, args, line, code) => {
    const env = { ...fixture.environment, VAULT_ADDR: fixture.server.address };
    const script = new Script('rotate-secret', ['webex-myapp', '--operators', operators, ...args()], env);
    const { exitCode, stderr } = await end(script);
    expect(stderr).toMatch(line);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(exitCode).toBe(code);
  });

  it('the error says that a changed integration must be deployed first', async () => {
    await fixture.admin.write('oauthapp/servers/webex-myapp', {
      client_id: 'another',
      client_secrets: [fixture.clientSecret],
      provider: 'custom',
      provider_options: { token_url: `${fixture.webex.apiUrl}/access_token` },
    });
    const { exitCode, stderr } = await rotate(newSecret());
    expect(stderr).toMatch(
      /differs from \S+ in "client_id", "provider_options", so nothing was changed; first: .* deploy webex-tokens/,
    );
    expect(exitCode).toBe(1);
  });
});

it('the command has printed no secret, code or token', () => {
  const text = printed.join('\n') + fixture.server.log;
  expect(secrets.length).toBeGreaterThan(10);
  expect([...secrets, ...fixture.issued, fixture.clientSecret].filter((secret) => text.includes(secret))).toEqual([]);
});
