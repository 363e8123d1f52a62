import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundle } from '../../fixtures/packages/bundle';
import { eventually } from '../../../rehearsal/eventually';
import { ProcessClock } from '../../fixtures/clocks/process-clock';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* Commands in separate processes, with signals and with environments. */

const home = join(__dirname, '../../..');
const children: ChildProcess[] = [];
let bundled: string;
let sources: string;
let folder: string;
let clock: ProcessClock;
beforeAll(() => {
  bundled = temporaryFolder();
  sources = bundle(['lib/cli/command', 'lib/cli/program-run', 'core/src/explained-error'], bundled);
});
beforeEach(async () => {
  folder = temporaryFolder();
  clock = await ProcessClock.start(bundled);
});
afterEach(async () => {
  await clock[Symbol.asyncDispose]();
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts a command. Its clock advances only when the test says so.
 *
 * @param action body of the command's action, which can use `sources`, `signal`, `folder`, `sleep` and `require`
 * @param more further calls on the command's description
 */
function command(
  action: string,
  env: NodeJS.ProcessEnv = {},
  more = '',
): { child: ChildProcess; ended: Promise<Ended> } {
  const program = `
    const sources = require(${JSON.stringify(sources)});
    const { createCommand, runCommand } = sources;
    const sleep = require('node:timers/promises').setTimeout;
    const folder = ${JSON.stringify(folder)};
    void runCommand((signal) => createCommand({ name: 'try', summary: '', examples: {}, ${more} }).action(async () => { ${action} }), ['node', 'try']);`;
  const child = spawn(process.execPath, ['-e', program], {
    cwd: home,
    env: { ...process.env, ...clock.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = (async () => {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const [stdout, stderr] = await printed;
    return { code, signal, stdout, stderr };
  })();
  return { child, ended };
}

async function untilReady(): Promise<void> {
  await eventually(() => readdirSync(folder).includes('ready') || undefined);
}

const READY = `require('node:fs').writeFileSync(folder + '/ready', '');`;
const ENDLESS = `setInterval(() => undefined, 1000); ${READY} await new Promise(() => undefined);`;
const ABORTED = `await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));`;

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('a command cleans up after %s together with a library, and exits with %d', async (signal, code) => {
  const { child, ended } = command(`
    const leave = require('signal-exit').onExit(() => undefined);
    const alive = setInterval(() => undefined, 1000);
    ${READY}
    try { ${ABORTED} } finally { await sleep(200); leave(); clearInterval(alive); console.log('clean'); }`);
  await untilReady();
  child.kill(signal);
  expect(await ended).toEqual({ code, signal: null, stdout: 'clean\n', stderr: 'interrupted\n' });
});

test('a second signal does not stop the cleanup of a command', async () => {
  const { child, ended } = command(
    `
    const alive = setInterval(() => undefined, 1000);
    ${READY}
    try { ${ABORTED} } finally {
      console.log('cleaning');
      await new Promise((resolve) => setTimeout(resolve, 7000));
      clearInterval(alive);
      console.log('clean');
    }`,
  );
  await untilReady();
  child.kill('SIGINT');
  await clock.begun(7000);
  await clock.pass(600);
  child.kill('SIGTERM');
  child.kill('SIGINT');
  // The rest of the 12 s after the first signal.
  await clock.begun(11_400);
  await clock.pass(6400);
  expect(await ended).toEqual({ code: 130, signal: null, stdout: 'cleaning\nclean\n', stderr: 'interrupted\n' });
});

test('a command that ignores a signal is ended 12 seconds later', async () => {
  const { child, ended } = command(ENDLESS);
  await untilReady();
  child.kill('SIGTERM');
  await clock.begun(12_000);
  expect(await clock.pass(11_999)).toBe(true);
  expect(await clock.pass(1)).toBe(false);
  expect(await ended).toEqual({
    code: 143,
    signal: null,
    stdout: '',
    stderr: expect.stringMatching(/^error: interrupted before the cleanup ended; .*\n$/) as string,
  });
});

test('a command with a long cleanup is ended 30 seconds after a second signal', async () => {
  const { child, ended } = command(ENDLESS, {}, 'cleanUpMs: 600_000');
  await untilReady();
  child.kill('SIGINT');
  await clock.begun(1000);
  expect(await clock.pass(13_000)).toBe(true);
  child.kill('SIGINT');
  await clock.begun(30_000);
  expect(await clock.pass(29_999)).toBe(true);
  expect(await clock.pass(1)).toBe(false);
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /^interrupted; finishing work that would be lost, .*\nerror: interrupted before the cleanup .*\n$/,
  );
});

test('an interrupted command reports its unfinished work and exits with the code of the signal', async () => {
  const { child, ended } = command(`
    const alive = setInterval(() => undefined, 1000);
    ${READY}
    try { ${ABORTED} } catch { clearInterval(alive); throw new sources.ExplainedError('half of it is there'); }`);
  await untilReady();
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 143, stderr: 'error: half of it is there\n' });
});

it('the message of an unexpected error hides each text that looks like a secret', async () => {
  const { ended } = command(`JSON.parse('{"access_token": "of-a-grant-that-nobody-shall-see", ' + 'x');`);
  const own = command(`throw new Error('got client_secret=hunter2 and hvs.' + 'a'.repeat(30));`);
  const { stderr, code } = await ended;
  expect(stderr).toMatch(/^error: unexpected: .*; set WEBEX_TOKEN_VAULT_DEBUG=1 to see its stack$/m);
  expect(stderr).not.toContain('of-a-grant');
  expect(code).toBe(1);
  expect((await own.ended).stderr).toContain('got client_secret=[hidden] and [hidden];');
});
