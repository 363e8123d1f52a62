import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { bundle } from '../fixtures/packages/bundle';
import { eventually } from '../../rehearsal/eventually';
import { ProcessClock } from '../fixtures/clocks/process-clock';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { credentialAnswer, refusal, ScriptedVault } from '../fixtures/loopback/scripted-vault';
import { runScript, Script, WEBEX_TOKEN } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The command as a JavaScript process, as in its package: its child, its signals, and the readers of its output. */

const CREDS = 'oauthapp/creds/testauth';
const ACCESS_TOKEN = 'the-access-token';
const REVOKED = 'PUT auth/token/revoke-self';

let folder: string;
let command: string;
let vault: ScriptedVault;
let clock: ProcessClock;
let app: Readonly<Record<string, string>>;

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  command = join(folder, 'bin/webex-token.js');
  copyFileSync(WEBEX_TOKEN, command);
  bundle(['client/src/command/webex-token'], join(folder, 'dist'), 'client.js');
});
beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer(CREDS, credentialAnswer(ACCESS_TOKEN, new Date('2030-01-02T03:04:05Z')));
  clock = await ProcessClock.start(folder);
  app = { VAULT_ADDR: vault.address, VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 'the-secret-id', ...clock.env };
});
afterEach(async () => {
  await clock[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

function exec(...line: string[]): Script {
  return new Script(command, ['exec', 'testauth', '--', ...line], app);
}

it.each([
  ['it prints', ['testauth']],
  ['a command prints', ['exec', 'testauth', '--', 'printenv', 'WEBEX_ACCESS_TOKEN']],
])('webex-token masks a token that %s before it appears in the log of GitHub Actions', async (_, line) => {
  const shell = ['-c', 'exec "$@" 2>&1', 'sh', process.execPath, command, ...line];
  const { stdout } = await run('sh', shell, { env: { ...process.env, ...app, GITHUB_ACTIONS: 'true' } });
  expect(stdout).toBe(`::add-mask::${ACCESS_TOKEN}\n${ACCESS_TOKEN}\n`);
});

describe('exec', () => {
  it("exec gives the token only to the command's environment, and logs out before it starts the command", async () => {
    const line = 'echo "$$ $PPID $WEBEX_ACCESS_TOKEN done"; read line; echo "$line"';
    const script = exec('sh', '-c', line, ACCESS_TOKEN.slice(4));
    const [, child = '', parent = '', token] = await script.prints(/^(\d+) (\d+) (\S+) done$/m);
    const of = (pid: string, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
    expect(token).toBe(ACCESS_TOKEN);
    expect(of(child, 'environ')).toContain(`WEBEX_ACCESS_TOKEN=${ACCESS_TOKEN}`);
    expect(of(parent, 'environ')).not.toContain(ACCESS_TOKEN);
    expect(of(child, 'cmdline') + of(parent, 'cmdline')).not.toContain(ACCESS_TOKEN);
    expect(parent).toBe(String(script.child.pid));
    expect(vault.requests.at(-1)).toBe(REVOKED);
    script.child.stdin.write('typed\n');
    const { exitCode, stdout, stderr } = await script.result();
    expect([exitCode, stdout.split('\n').slice(1), stderr]).toEqual([0, ['typed', ''], '']);
  });

  it.each<[string, string[], number]>([
    ['its exit code', ['sh', '-c', 'exit 7'], 7],
    ['128 and the signal that ended it', ['sh', '-c', 'kill -KILL $$'], 137],
    ['127 if there is no such command', ['no-such-command-at-all'], 127],
    ['126 if it cannot be run', ['/etc/passwd'], 126],
    ['126 if it is a folder', ['/etc'], 126],
    ['126 if its path goes through a file', ['/etc/passwd/x'], 126],
  ])('exec runs a command and exits with %s', async (_, line, code) => {
    const { exitCode, stdout, stderr } = await exec(...line).result();
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(code > 125 && code < 128 ? /^error: "\S+" cannot be run \(E\w+\); check [^\n]+\n$/ : /^$/);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('exec passes %s on to the command', async (signal) => {
    const line = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const script = exec('sh', '-c', line);
    await script.prints(/ready/);
    script.child.kill(signal);
    expect(await script.result()).toMatchObject({ exitCode: 9, stdout: 'ready\ngot\n', stderr: '' });
  });

  it("exec keeps the flags of the command's input while it passes a signal on", async () => {
    const script = exec('sh', '-c', `trap 'echo got' TERM; echo "$$ ready"; while :; do sleep 0.05; done`);
    const [, child = ''] = await script.prints(/(\d+) ready/);
    const flags = (): string | undefined =>
      /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${child}/fdinfo/0`, 'utf8'))?.[1];
    const before = flags();
    script.child.kill('SIGTERM');
    await script.prints(/got/);
    expect(flags()).toBe(before);
    process.kill(Number(child), 'SIGKILL');
    expect((await script.result()).exitCode).toBe(137);
  });

  it('exec passes megabytes of input through', async () => {
    const script = exec('cat');
    script.child.stdin.end('x'.repeat(3_000_000));
    const { exitCode, stdout } = await script.result();
    expect([exitCode, stdout.length]).toEqual([0, 3_000_000]);
  });

  it('exec runs no command if there is no token', async () => {
    vault.answer(CREDS, refusal(404));
    expect(await exec('echo', 'ran').result()).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('a signal while Vault answers', () => {
  /** Starts the command, and waits for its first request. */
  async function asking(...options: string[]): Promise<Script> {
    const script = new Script(command, ['testauth', ...options], app);
    await eventually(() => Promise.resolve(vault.requests.length > 0 || undefined));
    return script;
  }

  it("an interrupted webex-token waits for Vault's answer, logs out, and prints no token", async () => {
    const release = vault.hold();
    const script = await asking();
    script.child.kill('SIGINT');
    await clock.begun(25_000);
    release();
    expect(await script.result()).toEqual({ exitCode: 130, stdout: '', stderr: '' });
    expect(vault.requests.at(-1)).toBe(REVOKED);
  });

  it('an interrupted webex-token says what it waits for, despite repeated signals, and ends by itself', async () => {
    vault.hold();
    const script = await asking();
    script.child.kill('SIGTERM');
    await clock.begun(25_000);
    expect(await clock.pass(1000)).toBe(true);
    await script.says(/interrupted/);
    script.child.kill('SIGTERM');
    script.child.kill('SIGINT');
    expect(await clock.pass(23_999)).toBe(true);
    expect(await clock.pass(1)).toBe(false);
    const { exitCode, stdout, stderr } = await script.result();
    expect([exitCode, stdout]).toEqual([143, '']);
    expect(stderr).toMatch(/^interrupted; Vault has up to \d+ s to answer, because [^\n]+\n$/);
  });

  it('an interrupted webex-token gives Vault the time that --grace names', async () => {
    vault.hold();
    const script = await asking('--grace', '60s');
    script.child.kill('SIGTERM');
    await clock.begun(60_000);
    expect(await clock.pass(59_999)).toBe(true);
    await script.says(/Vault has up to 60 s to answer/);
    expect(await clock.pass(1)).toBe(false);
    expect((await script.result()).exitCode).toBe(143);
  });

  it('webex-token ends at once on SIGQUIT', async () => {
    vault.hold();
    const script = await asking();
    script.child.kill('SIGQUIT');
    expect((await script.result()).stderr).toBe('');
    expect(script.child.signalCode).toBe('SIGQUIT');
  });
});

it('webex-token also runs from its sources in a clone', async () => {
  const { exitCode, stdout, stderr } = await runScript(WEBEX_TOKEN, ['testauth'], app);
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: `${ACCESS_TOKEN}\n`, stderr: '' });
});

it('webex-token does not wait long for a Vault that does not answer the logout', async () => {
  await using slow = await RecordingServer.start(({ url }, response) => {
    if (url.endsWith('/login')) {
      response.end(JSON.stringify({ auth: { client_token: 's.x', lease_duration: 60, renewable: false } }));
    } else if (url.endsWith('/testauth')) {
      response.end(JSON.stringify(credentialAnswer(ACCESS_TOKEN).body));
    }
  });
  const script = new Script(command, ['testauth'], { ...app, VAULT_ADDR: slow.address });
  await eventually(() => slow.asked.at(-1) === 'PUT /v1/auth/token/revoke-self' || undefined);
  await clock.begun(5000);
  await clock.pass(5000);
  const { exitCode, stdout } = await script.result();
  expect([exitCode, stdout]).toEqual([0, `${ACCESS_TOKEN}\n`]);
});

it('webex-token says in one line that nothing is installed yet', async () => {
  const clone = temporaryFolder();
  cpSync(dirname(dirname(WEBEX_TOKEN)), join(clone, 'client'), { recursive: true });
  const file = join(clone, 'client/bin/webex-token.js');
  const { exitCode, stdout, stderr } = await run(process.execPath, [file, '--help']);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toBe(`error: the packages that webex-token needs are not installed; run "npm ci" in ${clone}\n`);
});

describe('the output', () => {
  function shell(line: string): Promise<FinishedCommand> {
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', NODE: process.execPath, COMMAND: command, ...app };
    return run('bash', ['-c', line], { env });
  }

  it('webex-token succeeds if its output is only partly read', async () => {
    const line = '"$NODE" "$COMMAND" testauth --json | head -c 3; echo "/${PIPESTATUS[0]}"';
    expect(await shell(line)).toEqual({ exitCode: 0, stdout: '{\n /0\n', stderr: '' });
  });

  it('webex-token succeeds if nobody reads its output', async () => {
    const line = '{ sleep 0.3; "$NODE" "$COMMAND" testauth 2>&1; echo "$?" >&2; } | true';
    expect((await shell(line)).stderr).toBe('0\n');
  });

  it('webex-token reports in one line that the output cannot be written', async () => {
    const { exitCode, stderr } = await shell('"$NODE" "$COMMAND" testauth > /dev/full');
    expect(stderr).toBe('error: the output cannot be written (ENOSPC); free some space, or write to another place\n');
    expect(exitCode).toBe(1);
  });

  it('webex-token keeps its exit code if nobody reads its error output', async () => {
    vault.answer(CREDS, refusal(404));
    const line = '{ { sleep 0.3; "$NODE" "$COMMAND" testauth; echo "$?" >&3; } 2>&1 | true; } 3>&1';
    expect((await shell(line)).stdout).toBe('3\n');
  });

  it('curl accepts the header from webex-token without the token in a command line', async () => {
    await using webex = await RecordingServer.start((_, response) => response.end('me'));
    const line = `"$NODE" "$COMMAND" testauth --header | curl -sS --noproxy '*' --header @- ${webex.address}/v1/people/me`;
    expect(await shell(line)).toEqual({ exitCode: 0, stdout: 'me', stderr: '' });
    expect(webex.requests[0]?.headers.authorization).toBe(`Bearer ${ACCESS_TOKEN}`);
  });

  it('webex-token prints the token once and no secret id, whatever Node logs', async () => {
    const env = { ...app, NODE_DEBUG: 'net,stream,tls', DEBUG: '*' };
    const { stdout, stderr } = await runScript(command, ['testauth'], env);
    expect(stdout).toBe(`${ACCESS_TOKEN}\n`);
    expect(stderr).not.toContain('the-secret-id');
  });
});
