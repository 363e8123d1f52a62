import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import { findOauthappPlugin } from '../../../rehearsal/server/oauthapp-plugin';
import { OpenBaoServer } from '../../../rehearsal/server/openbao';
import { findServer } from '../../../rehearsal/server/server-binary';
import { VaultClient } from '../../../lib/vault/vault-client';
import { bundle } from '../../fixtures/packages/bundle';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { eventually } from '../../../rehearsal/eventually';
import { WebexEngine } from '../../../rehearsal/webex-engine';

/** A first run downloads the server and builds the plugin. */
const COLD_CACHE_MS = 600_000;

let binary: string;
let plugin: string;
beforeAll(async () => {
  binary = await findServer();
  plugin = await findOauthappPlugin();
}, COLD_CACHE_MS);

const start = (): Promise<OpenBaoServer> => OpenBaoServer.start({ binary, pluginDirectory: dirname(plugin) });

/** Whether the server or one of its plugins runs: they share a process group. */
function isAnythingLeft(serverPid: number): boolean {
  try {
    process.kill(-serverPid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilNothingIsLeft(serverPid: number): Promise<void> {
  await eventually(() => !isAnythingLeft(serverPid) || undefined);
}

test('the server runs the oauthapp engine, and leaves no process behind', async () => {
  await using engine = await WebexEngine.start();
  const server = await start();
  try {
    const vault = server.admin;
    await engine.setUp(vault);
    expect(await vault.list('oauthapp/servers')).toEqual(['webex-myapp']);
    expect(isAnythingLeft(server.pid)).toBe(true);
  } finally {
    await server.stop();
  }
  await server.stop();
  await untilNothingIsLeft(server.pid);
  const anyone = new VaultClient({ address: server.address });
  await expect(anyone.sealStatus()).rejects.toThrow('ECONNREFUSED');
});

test('the server runs a plugin in a linked folder', async () => {
  await using engine = await WebexEngine.start();
  const folder = temporaryFolder();
  symlinkSync(dirname(plugin), join(folder, 'plugins'));
  await using server = await OpenBaoServer.start({ binary, pluginDirectory: join(folder, 'plugins') });
  await engine.setUp(server.admin);
});

test('the server runs a plugin if TMPDIR is longer than a socket path may be', async () => {
  await using engine = await WebexEngine.start();
  const folder = temporaryFolder();
  const long = join(folder, 'a'.repeat(100));
  mkdirSync(long);
  jest.replaceProperty(process, 'env', { ...process.env, TMPDIR: long });
  try {
    await using server = await start();
    await engine.setUp(server.admin);
  } finally {
    jest.restoreAllMocks();
  }
});

test('the server is unsealed, is not in dev mode, and reveals its root token only on request', async () => {
  await using server = await start();
  const vault = server.admin;
  expect(await vault.sealStatus()).toMatchObject({ initialized: true, sealed: false, n: 1, t: 1 });
  // A dev server would have a key-value engine at this path.
  await expect(vault.read('secret/config', z.unknown())).rejects.toMatchObject({ statusCode: 404 });
  expect(server.log).toContain('core: vault is unsealed');
  expect(server.log).not.toContain(server.rootToken);
  expect(inspect(server, { depth: null, showHidden: true })).not.toContain(server.rootToken);
});

test('a server on disk is sealed after a crash or a seal, and has all data after it is unsealed', async () => {
  const known = z.object({ data: z.object({ value: z.string() }) });
  const folder = temporaryFolder();
  const options = { binary, pluginDirectory: dirname(plugin), raftDirectory: join(folder, 'raft') };
  await using server = await OpenBaoServer.start({ ...options, logLevel: 'debug' });
  const vault = server.admin;
  await vault.write('sys/mounts/known', { type: 'kv' });
  await vault.write('known/thing', { value: 'kept' });
  expect(server.log).toContain('[DEBUG]');

  await server.kill();
  await untilNothingIsLeft(server.pid);
  await server.startAgain();
  expect(await vault.sealStatus()).toMatchObject({ initialized: true, sealed: true });
  await server.unseal();
  expect(await vault.read('known/thing', known)).toMatchObject({ data: { value: 'kept' } });

  await server.seal();
  await expect(vault.read('known/thing', known)).rejects.toMatchObject({ statusCode: 503 });
  await server.unseal();
  expect(await vault.read('known/thing', known)).toMatchObject({ data: { value: 'kept' } });
  await server.stop();
});

test('two servers run side by side', async () => {
  const servers = await Promise.all([start(), start()]);
  expect(new Set(servers.map(({ address }) => address)).size).toBe(2);
  await Promise.all(servers.map((server) => server.stop()));
});

test("the error repeats the server's own message if it does not start", async () => {
  // Vault starts without its plugin directory. Neither product starts without its certificate.
  const starting = OpenBaoServer.start({
    binary,
    pluginDirectory: dirname(plugin),
    tls: { certFile: '/nowhere/server.pem', keyFile: '/nowhere/server-key.pem' },
  });
  await expect(starting).rejects.toThrow(/ended at once with "Error .*\/nowhere.*no such file or directory"/);
});

test.each(['SIGKILL', 'SIGTERM'] as const)('the server ends if %s ends its parent process', async (signal) => {
  const folder = temporaryFolder();
  const script = `
    const { OpenBaoServer } = require(${JSON.stringify(bundle(['rehearsal/server/openbao.ts'], folder))});
    OpenBaoServer.start(${JSON.stringify({ binary, pluginDirectory: dirname(plugin) })})
      .then((server) => console.log(JSON.stringify({ pid: server.pid })));`;
  const starter = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) =>
    starter.stdout.once('data', (data: Buffer) => resolve(String(data))),
  );
  const { pid } = JSON.parse(line) as { pid: number };
  expect(isAnythingLeft(pid)).toBe(true);
  starter.kill(signal);
  await untilNothingIsLeft(pid);
});
