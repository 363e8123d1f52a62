import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../fixtures/eventually';

/* Commands as processes, with signals and an environment of their own. */

const home = join(__dirname, '../../..');
const children: ChildProcess[] = [];
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'command-'))));
afterEach(() => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param action body of the command's action, which may use `signal`, `folder`, `sleep` and `require` */
function command(action: string, env: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const program = `
    const { createCommand, runCommand } = require('./lib/cli/command');
    const sleep = require('node:timers/promises').setTimeout;
    const folder = ${JSON.stringify(folder)};
    void runCommand((signal) => createCommand({ name: 'try', summary: '' }).action(async () => { ${action} }), ['node', 'try']);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', program], {
    cwd: home,
    env: { ...process.env, ...env },
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
const ABORTED = `await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));`;

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('after %s', (signal) => {
  test('the command cleans up, beside a library that does so too, and says that it was interrupted', async () => {
    const { child, ended } = command(`
      const unlock = await require('proper-lockfile').lock(folder);
      const alive = setInterval(() => undefined, 1000);
      ${READY}
      try { ${ABORTED} } finally { await sleep(200); await unlock(); clearInterval(alive); console.log('clean'); }`);
    await untilReady();
    child.kill(signal);
    expect(await ended).toEqual({ code: 130, signal: null, stdout: 'clean\n', stderr: 'interrupted\n' });
  });
});

test('what the terminal sends and npm passes on is one Ctrl-C; a later one ends the command at once', async () => {
  const { child, ended } = command(`
    setInterval(() => undefined, 1000);
    signal.addEventListener('abort', () => require('node:fs').writeSync(1, 'cleaning up'));
    ${READY}
    await new Promise(() => undefined);`);
  await untilReady();
  child.kill('SIGINT');
  await once(child.stdout ?? child, 'data');
  child.kill('SIGINT');
  await sleep(700);
  expect(child.exitCode ?? child.signalCode).toBeNull();
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: null, signal: 'SIGINT' });
});

describe('where a proxy is set', () => {
  let server: Server;
  beforeEach(async () => {
    const status = { initialized: true, sealed: false, version: '1', t: 1, n: 1, progress: 0 };
    server = createServer((_, response) => response.end(JSON.stringify(status)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => server.close());

  test.each([
    ['alone', {}],
    ['with exceptions', { no_proxy: 'intranet.example' }],
  ])('%s, a Vault on this machine is asked directly', async (_, more) => {
    const { port } = server.address() as AddressInfo;
    // Nothing listens there.
    const proxy = 'http://127.0.0.1:9';
    const { ended } = command(
      `const { VaultClient } = require('./lib/vault/vault-client');
       console.log((await new VaultClient({ address: 'http://127.0.0.1:${port}' }).sealStatus()).version);`,
      { NO_PROXY: '', no_proxy: '', HTTP_PROXY: proxy, http_proxy: proxy, ...more },
    );
    expect(await ended).toMatchObject({ code: 0, stdout: '1\n' });
  });
});
