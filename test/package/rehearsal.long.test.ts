import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheRoot } from '../../lib/files/cache-folder';
import type { FinishedCommand } from '../../lib/processes/child-process';
import { eventually } from '../../rehearsal/eventually';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { findServer } from '../../rehearsal/server/server-binary';
import { packageRegistry } from '../fixtures/packages/package-registry';
import { PackageUser } from '../fixtures/packages/package-user';
import { buildPackages, type Packages } from '../fixtures/packages/packages';
import { descendants, isRunning } from '../fixtures/programs/process-tree';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/*
 * The published quickstart in an empty folder. The rehearsal comes from a registry on loopback, which the settings of npm
 * name for our scope alone. OpenBao and the plugin come from the cache of the user, because a download takes minutes.
 */

let packages: Packages;
let user: PackageUser;
let plugin: string;
beforeAll(async () => {
  packages = await buildPackages();
  user = await PackageUser.install([packages.vault], []);
  await findServer();
  plugin = await findOauthappPlugin();
});
afterAll(() => user[Symbol.asyncDispose]());

/** A cache folder with OpenBao alone. */
function cacheWithServer(): string {
  const cache = temporaryFolder();
  readdirSync(cacheRoot())
    .filter((name) => name.startsWith('openbao-') && !name.includes('.lock'))
    .forEach((name) => symlinkSync(join(cacheRoot(), name), join(cache, name)));
  return cache;
}

/** Environment of a person without a home, whose npm takes our packages from this registry. */
function environment(registry: string, cache: string): Record<string, string> {
  const home = temporaryFolder();
  return {
    HOME: home,
    XDG_CACHE_HOME: '',
    WEBEX_TOKEN_VAULT_CACHE: cache,
    REHEARSAL_SERVER: process.env.REHEARSAL_SERVER ?? '',
    OAUTHAPP_PLUGIN: plugin,
    TERRAFORM_BINARY_NAME: '/nonexistent/terraform',
    npm_config_cache: join(home, 'npm'),
    'npm_config_@webex-token-vault:registry': registry,
  };
}

/** Runs the program in an empty folder. */
function program(args: readonly string[], env: Readonly<Record<string, string>>): Promise<FinishedCommand> {
  return user.run('webex-token-vault', args, env, temporaryFolder());
}

it('the quickstart runs in an empty folder, and again without a registry', async () => {
  const cache = cacheWithServer();
  await using registry = await packageRegistry();
  const first = await program(['quickstart'], environment(registry.url, cache));
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stderr).toBe(
    `notice: there is no deployment file here, so the quickstart deploys an example\nfetching @webex-token-vault/rehearsal@${packages.rehearsal.version} from npm's registry\n`,
  );
  expect(first.stdout).toContain('stack webex-tokens synthesized from the example');
  expect(first.stdout).toContain('the next one without consent, and people/me returns Ada Admin');
  const { port } = new URL(registry.url);
  const again = await program(['simulate-webex', '--port', port], environment('http://127.0.0.1:1', cache));
  // The rehearsal runs, and finds the port taken.
  expect(again).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`cannot listen on 127.0.0.1:${port} `) as string,
  });
});

it('a kept quickstart has the commands of its shell, and ends by SIGTERM with all that it started', async () => {
  const folder = temporaryFolder();
  const cache = cacheWithServer();
  cpSync(packages.rehearsal.tarball, join(cache, packages.rehearsal.tarball.replace(/^.*\//, '')));
  const env = environment('http://127.0.0.1:1', cache);
  const started = join(user.folder, 'node_modules/.bin/webex-token-vault');
  const kept = spawn(started, ['quickstart', '--keep'], {
    cwd: folder,
    env: { ...process.env, DEPLOYMENT: '', ...env },
  });
  let stdout = '';
  kept.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [, file = ''] = await eventually(
    () => /^ {2}source (\S+)$/m.exec(stdout) ?? (kept.exitCode === null ? undefined : ['', '']),
  );
  const processes = await descendants(kept.pid ?? 0);
  try {
    const lines = `source ${file}\nwebex-token testauth\nwebex-token-vault list --json`;
    const { exitCode, stdout: printed } = await user.run('bash', ['-ec', lines], env, folder);
    expect([exitCode, printed]).toEqual([0, expect.stringMatching(/^[\w-]{40,}\n\{/)]);
    kept.kill('SIGTERM');
    const [code] = (await once(kept, 'exit')) as [number];
    expect(code).toBe(0);
    await eventually(() => !processes.some(isRunning) || undefined);
    expect(existsSync(dirname(file))).toBe(false);
  } finally {
    processes.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL'));
  }
});

it('Ctrl-C ends the quickstart at any moment, and its children as well', async () => {
  const cache = cacheWithServer();
  cpSync(packages.rehearsal.tarball, join(cache, packages.rehearsal.tarball.replace(/^.*\//, '')));
  const env = { ...process.env, DEPLOYMENT: '', ...environment('http://127.0.0.1:1', cache) };
  const started = join(user.folder, 'node_modules/.bin/webex-token-vault');
  // The moments differ on each machine, and the end may not.
  for (const milliseconds of [300, 700, 1200, 1800, 2500]) {
    // A terminal sends the signal to the whole group.
    const run = spawn(started, ['quickstart', '--keep'], { cwd: temporaryFolder(), env, detached: true });
    let output = '';
    [run.stdout, run.stderr].forEach((stream) =>
      stream.setEncoding('utf8').on('data', (text: string) => (output += text)),
    );
    await sleep(milliseconds);
    const processes = await descendants(run.pid ?? 0);
    process.kill(-(run.pid ?? 0), 'SIGINT');
    const [code, signal] = (await once(run, 'close')) as [number | null, NodeJS.Signals | null];
    // A process without a handler yet is ended by the signal. A kept quickstart that runs ends regularly.
    expect([130, 'SIGINT', ...(output.includes('It works') ? [0] : [])]).toContain(code ?? signal);
    expect(output).not.toMatch(/unexpected|remove that folder/);
    await eventually(() => !processes.some(isRunning) || undefined);
  }
});

it('the quickstart deploys the declaration of the folder', async () => {
  const cache = cacheWithServer();
  cpSync(packages.rehearsal.tarball, join(cache, packages.rehearsal.tarball.replace(/^.*\//, '')));
  const deployment = `import { defineDeployment } from 'webex-token-vault/deployment';
    export default defineDeployment({
      vault: { address: 'https://vault.example' },
      engine: { mountPath: 'mine', plugin: { sha256: '${'a'.repeat(64)}' } },
      integrations: [{ name: 'webex-mine' }],
      credentials: [{ name: 'mine', integration: 'webex-mine', scopes: ['spark:people_read'] }],
      apps: [{ name: 'my-app', reads: ['mine'] }],
    });`;
  await user.write({ 'deployment.ts': deployment });
  const { exitCode, stdout, stderr } = await user.run(
    'webex-token-vault',
    ['quickstart'],
    environment('http://127.0.0.1:1', cache),
  );
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('stack webex-tokens synthesized from deployment.ts');
  expect(stdout).toContain('logged in as app my-app');
});

it('a tampered rehearsal is not unpacked, and nothing of it runs', async () => {
  const cache = cacheWithServer();
  const tampered = join(cache, packages.rehearsal.tarball.replace(/^.*\//, ''));
  cpSync(packages.rehearsal.tarball, tampered);
  appendFileSync(tampered, 'x');
  const { exitCode, stdout, stderr } = await program(['quickstart'], environment('http://127.0.0.1:1', cache));
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /\nerror: @webex-token-vault\/rehearsal@\S+ from \S+ has the hash sha512-\S+, and this release has [^\n]+\n$/,
  );
  expect(
    readdirSync(cache).filter((name) => name.startsWith('webex-token-vault-rehearsal') && !name.endsWith('.tgz')),
  ).toEqual([]);
});

it('a registry that is down is an error that names the line to run elsewhere', async () => {
  const { exitCode, stderr } = await program(['simulate-webex'], environment('http://127.0.0.1:1', temporaryFolder()));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /\nerror: @webex-token-vault\/rehearsal@\S+ cannot be fetched: npm said "[^\n]*ECONNREFUSED[^\n]*"; check the network [^\n]*: npm pack @webex-token-vault\/rehearsal@\S+\n$/,
  );
});

it('a machine without Python gets an error about OpenBao', async () => {
  const cache = temporaryFolder();
  cpSync(packages.rehearsal.tarball, join(cache, packages.rehearsal.tarball.replace(/^.*\//, '')));
  const bin = temporaryFolder();
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = { ...environment('http://127.0.0.1:1', cache), REHEARSAL_SERVER: '' };
  const { exitCode, stderr } = await user.run(
    '/bin/sh',
    [
      '-c',
      `PATH=${bin}; export PATH; exec ${process.execPath} ${user.folder}/node_modules/webex-token-vault/scripts/webex-token-vault.js quickstart`,
    ],
    env,
    temporaryFolder(),
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain('could not be installed: "python3" is not on PATH; install Python 3 with pip');
});
