import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { writeOperatorLogin } from '../../lib/operators/operator-folder';
import { OPERATOR_NAMES } from '../../lib/operators/operators';
import { CommandRun } from '../fixtures/programs/command-run';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { eventually } from '../../rehearsal/eventually';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { loginAnswer } from '../fixtures/loopback/scripted-vault';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* Commands at a Vault that hangs. Time passes only if a test advances it, after an awaited event. */

/** A command waits that long for an answer with a token, or for a logout. */
const GRACE_MS = 5000;
/** Wait for the read of a credential, with the default provider timeout. */
const READ_GRACE_MS = 24_000;

const SHARE = Buffer.alloc(33, 7).toString('base64');
const SECRET_FILE = 'operators/key-share-1';

let folder: string;
let operators: string;

beforeEach(async () => {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'],
  });
  folder = temporaryFolder();
  operators = join(folder, 'operators');
  mkdirSync(operators, { mode: 0o700 });
  for (const name of OPERATOR_NAMES) {
    await writeOperatorLogin(operators, name, { roleId: 'r', secretId: 's' });
  }
  writeFileSync(join(operators, 'key-share-1'), SHARE, { mode: 0o600 });
});
afterEach(() => jest.useRealTimers());

function environment(address: string): NodeJS.ProcessEnv {
  return {
    ...deploymentInFile(folder, exampleDeployment()),
    VAULT_ADDR: address,
    WEBEX_TOKEN_VAULT_OPERATORS: operators,
  };
}

function start(command: string, args: readonly string[], address: string): CommandRun {
  return new CommandRun(command, args, environment(address));
}

/** Arguments of a command, with the files of these tests. */
function inFolder(args: readonly string[]): string[] {
  return args.map((arg) => (['a.snap', 'operators', 'new', SECRET_FILE].includes(arg) ? join(folder, arg) : arg));
}

/** A server that never answers requests for these paths, except logins and logouts. */
function hangingAt(path: RegExp): Promise<RecordingServer> {
  const status = { ha_enabled: false, initialized: true, sealed: false, version: '1', t: 1, n: 1, progress: 0 };
  const capabilities = { data: { capabilities: ['root'] } };
  return RecordingServer.start(({ url }, response) => {
    if (url.endsWith('auth/operators/login')) {
      response.end(JSON.stringify(loginAnswer('s.operator').body));
    } else if (url.endsWith('revoke-self')) {
      response.writeHead(204).end();
    } else if (!path.test(url)) {
      response.end(JSON.stringify({ ...status, ...capabilities }));
    }
  });
}

it.each([
  ['backup create', ['a.snap'], 'SIGTERM'],
  ['issue', ['people-me'], 'SIGHUP'],
  ['token', ['provisioner'], 'SIGINT'],
  ['exec', ['provisioner', '--', 'echo', 'ran'], 'SIGTERM'],
  ['authorize', ['testauth', '--no-open'], 'SIGHUP'],
  ['revoke', ['testauth', '--yes'], 'SIGINT'],
  ['rotate-secret', ['webex-myapp', '--new-secret-file', SECRET_FILE], 'SIGTERM'],
  ['unseal', ['--key-shares', 'operators'], 'SIGTERM'],
  ['init', ['--operators', 'new'], 'SIGHUP'],
  ['operators update', ['--operators', 'operators', '--key-shares', 'operators'], 'SIGINT'],
] as const)('%s %j ends by %s where Vault answers nothing at all', async (command, args, signal) => {
  await using vault = await RecordingServer.start(() => undefined);
  const script = start(command, inFolder(args), vault.address);
  await eventually(() => vault.requests.length > 0 || undefined);
  script.kill(signal);
  jest.advanceTimersByTime(GRACE_MS);
  const { exitCode, stdout, stderr } = await script.result();
  expect({ exitCode, stdout }).toEqual({ exitCode: 128 + constants.signals[signal], stdout: '' });
  expect(stderr).toMatch(/^(?:interrupted; finishing [^\n]+\n)?interrupted\n$/);
  expect(readdirSync(folder).sort()).toEqual(['deployment.json', 'operators']);
});

it.each([
  ['backup create', ['a.snap'], /raft\/snapshot/, 'SIGINT', GRACE_MS],
  ['issue', ['people-me'], /role-id/, 'SIGTERM', GRACE_MS],
  ['authorize', ['testauth', '--no-open'], /capabilities-self/, 'SIGTERM', GRACE_MS],
  ['revoke', ['testauth', '--yes'], /creds\/testauth/, 'SIGHUP', READ_GRACE_MS],
  ['rotate-secret', ['webex-myapp', '--new-secret-file', SECRET_FILE], /rotations/, 'SIGINT', READ_GRACE_MS],
  ['operators update', ['--operators', 'operators', '--key-shares', 'operators'], /generate-root/, 'SIGTERM', GRACE_MS],
] as const)(
  '%s %j at %s ends by %s, and revokes the token that it logged in',
  async (command, args, path, signal, graceMs) => {
    await using vault = await hangingAt(path);
    const script = start(command, inFolder(args), vault.address);
    await eventually(() => vault.requests.find(({ url }) => path.test(url)));
    script.kill(signal);
    jest.advanceTimersByTime(graceMs);
    const { exitCode, stdout } = await script.result();
    expect({ exitCode, stdout }).toEqual({ exitCode: 128 + constants.signals[signal], stdout: '' });
    expect(vault.requests.at(-1)).toMatchObject({
      url: '/v1/auth/token/revoke-self',
      headers: { 'x-vault-token': 's.operator' },
    });
    expect(readdirSync(folder).sort()).toEqual(['deployment.json', 'operators']);
  },
);

it('the command revokes the token of a login that is answered after the signal', async () => {
  await using vault = await RecordingServer.start(({ url }, response) => {
    const answer = url.endsWith('/login') ? loginAnswer('s.late').body : {};
    setTimeout(() => response.end(JSON.stringify(answer)), GRACE_MS - 1);
  });
  const script = start('token', ['provisioner'], vault.address);
  await eventually(() => vault.requests.length > 0 || undefined);
  script.kill('SIGTERM');
  jest.advanceTimersByTime(GRACE_MS - 1);
  await eventually(() => vault.requests.length > 1 || undefined);
  jest.advanceTimersByTime(GRACE_MS - 1);
  expect(await script.result()).toEqual({ exitCode: 143, stdout: '', stderr: 'interrupted\n' });
  expect(vault.requests.at(-1)?.headers['x-vault-token']).toBe('s.late');
  expect(vault.asked).toEqual(['PUT /v1/auth/operators/login', 'PUT /v1/auth/token/revoke-self']);
});

it('the command waits a few seconds at most for a Vault that does not revoke, after any signals', async () => {
  await using vault = await RecordingServer.start(({ url }, response) => {
    if (url.endsWith('/login')) {
      response.end(JSON.stringify(loginAnswer('s.operator').body));
    }
  });
  const script = start('issue', ['people-me'], vault.address);
  await eventually(() => vault.requests.length > 1 || undefined);
  let isOver = false;
  const result = script.result().finally(() => (isOver = true));
  script.kill('SIGINT');
  await eventually(() => vault.asked.includes('PUT /v1/auth/token/revoke-self') || undefined);
  jest.advanceTimersByTime(700);
  script.kill('SIGINT');
  jest.advanceTimersByTime(GRACE_MS - 701);
  for (let turn = 0; turn < 50; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isOver).toBe(false);
  jest.advanceTimersByTime(1);
  expect((await result).exitCode).toBe(130);
});

it.each([
  ['nothing at all', /./, 0],
  ['a request for a root token', /generate-root/, GRACE_MS],
])('restore ends on SIGTERM if Vault does not answer %s', async (_, path, graceMs) => {
  await using vault = await hangingAt(path);
  const file = join(folder, 'whole.snap');
  writeFileSync(file, await wholeSnapshot());
  const script = start('restore', [file, '--yes', '--key-shares', operators], vault.address);
  await eventually(() => vault.requests.find(({ url }) => path.test(url)));
  script.kill('SIGTERM');
  jest.advanceTimersByTime(graceMs);
  const { exitCode, stdout, stderr } = await script.result();
  expect({ exitCode, stdout }).toEqual({ exitCode: 143, stdout: '' });
  expect(stderr).toMatch(
    /^\S+ is whole, sha256 \w+\n(?:interrupted; finishing [^\n]+\n)?error: interrupted before \S+ was sent, so nothing was restored; run it again\n$/,
  );
  const loggedIn = vault.asked.filter((request) => request.endsWith('/login')).length;
  expect(vault.asked.filter((request) => request.endsWith('/revoke-self'))).toHaveLength(loggedIn);
});

/** A snapshot with a valid archive format. Only a server could detect its invalid content. */
function wholeSnapshot(): Promise<Buffer> {
  const contents = { 'meta.json': '{}', 'state.bin': 'state' };
  const sums = Object.entries(contents).map(
    ([name, content]) => `${createHash('sha256').update(content).digest('hex')}  ${name}\n`,
  );
  const archive = pack();
  Object.entries({ ...contents, SHA256SUMS: sums.join('') }).forEach(([name, content]) =>
    archive.entry({ name }, content),
  );
  archive.finalize();
  return buffer(archive).then((tar) => gzipSync(tar));
}

it('certs leaves no partial certificate behind after an interruption', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `server-${index}`);
  const tls = join(folder, 'tls');
  const script = start('certs', [...names, '--folder', tls], 'http://127.0.0.1:1');
  await eventually(() => readdirSync(tls).includes('server-3') || undefined);
  script.kill('SIGTERM');
  expect(await script.result()).toEqual({ exitCode: 143, stdout: '', stderr: 'interrupted\n' });
  const made = readdirSync(tls).filter((name) => name !== 'ca');
  expect(made.length).toBeLessThan(300);
  for (const name of made) {
    expect(readdirSync(join(tls, name)).sort()).toEqual(['ca.pem', 'server-key.pem', 'server.pem']);
  }
});
