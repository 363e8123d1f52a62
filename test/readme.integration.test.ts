import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { run } from '../lib/processes/child-process';
import { eventually } from '../rehearsal/eventually';
import { cachedHvac } from './fixtures/programs/hvac';
import { descendants, isRunning } from './fixtures/programs/process-tree';
import { PAGES, snippet } from './fixtures/pages/code-block';
import { Typist } from './fixtures/pages/typist';
import { temporaryFolder } from './fixtures/runs/temporary-folder';
import { WrittenVault } from '../rehearsal/written-vault';

/* Types the commands of README.md and client/README.md. Checks the names in these pages and in the other pages. */

const PROJECT = resolve(__dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('snippets of README.md and client/README.md', () => {
  let vault: WrittenVault;
  let folder: string;
  let typist: Typist;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    vault = await WrittenVault.start();
    await vault.authorize();
    folder = temporaryFolder();
    const { roleId, secretId } = await vault.appLogin('people-me');
    writeFileSync(join(folder, 'secret-id'), secretId, { mode: 0o600 });
    environment = {
      ...vault.environment,
      PATH: process.env.PATH,
      HOME: folder,
      VAULT_ADDR: vault.server.address,
      VAULT_ROLE_ID: roleId,
      VAULT_SECRET_ID_FILE: join(folder, 'secret-id'),
    };
    const { VAULT_ADDR = '', VAULT_SECRET_ID_FILE = '' } = environment;
    typist = new Typist({ ...vault.environment, VAULT_ADDR, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID_FILE });
    writeFileSync(join(typist.folder, 'report.sh'), '#!/bin/sh\necho "report with $WEBEX_ACCESS_TOKEN"\n', {
      mode: 0o755,
    });
  });
  afterAll(async () => {
    typist[Symbol.dispose]();
    await vault[Symbol.asyncDispose]();
  });

  async function meBy(accessToken: string): Promise<unknown> {
    const reply = await fetch(`${vault.webex.apiUrl}/people/me`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    return reply.json();
  }

  test('curl reads an access token that Webex takes', async () => {
    const { exitCode, stdout } = await run('bash', ['-c', snippet('client/README.md', 'curl')], { env: environment });
    expect(exitCode).toBe(0);
    await expect(meBy(stdout.trim())).resolves.toMatchObject({ displayName: 'Ada Admin' });
  });

  test('hvac reads an access token that Webex takes', async () => {
    const python = await cachedHvac();
    const { exitCode, stdout } = await run('python3', ['-c', snippet('client/README.md', 'hvac')], {
      env: { ...environment, ...python },
    });
    expect(exitCode).toBe(0);
    await expect(meBy(stdout.trim())).resolves.toMatchObject({ displayName: 'Ada Admin' });
  });

  test.each([
    ['README.md', () => typist.types('README.md', 'read', { instead: webexHere() })],
    ['client/README.md', () => typist.types('client/README.md', 'shell', { instead: webexHere() })],
  ])('webex-token prints the token, runs a report with it, and gives it to curl: %s', async (_, typing) => {
    const lines = (await typing()).trim().split('\n');
    const [token = ''] = lines;
    await expect(meBy(token)).resolves.toMatchObject({ displayName: 'Ada Admin' });
    expect(lines).toContain(`report with ${token}`);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ displayName: 'Ada Admin' });
  });

  test('a program calls Webex by the key of the proxy', async () => {
    const program =
      '#!/bin/sh\ncurl -sS --fail-with-body -H "Authorization: Bearer $WEBEX_ACCESS_TOKEN" "${WEBEX_BASE_URL}people/me"\n';
    writeFileSync(join(typist.folder, 'call-webex.sh'), program, { mode: 0o755 });
    const instead = { '--allow': `--upstream ${vault.webex.url} --allow` };
    const screen = await typist.types('README.md', 'proxy', { instead });
    expect(JSON.parse(screen)).toMatchObject({ displayName: 'Ada Admin' });
  });

  function webexHere(): Record<string, string> {
    return { 'https://webexapis.com/v1': vault.webex.apiUrl };
  }

  test('npx --no-install webex-token prints the access token and nothing else', async () => {
    const { exitCode, stdout } = await run('npx', ['--no-install', 'webex-token', 'testauth'], {
      cwd: PROJECT,
      env: environment,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\S+\n$/);
    await expect(meBy(stdout.trim())).resolves.toMatchObject({ displayName: 'Ada Admin' });
  });
});

test.each(PAGES)('every npm command in %s is one of the package', (page) => {
  const text = readFileSync(join(PROJECT, page), 'utf8');
  const named = [...text.matchAll(/npm run (?:--silent |-s )?([\w:-]+)/g)].map(([, name]) => name ?? '');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('README.md and docs/tasks/run-a-server.md name commands at all', () => {
  for (const page of ['README.md', 'docs/tasks/run-a-server.md']) {
    expect(
      readFileSync(join(PROJECT, page), 'utf8').match(/npm run |webex-token(?:-vault)? /g)?.length,
    ).toBeGreaterThan(10);
  }
});

test('npm run quickstart shows the whole main job, and leaves nothing behind', async () => {
  // Some releases of npm print the command on stderr.
  const { exitCode, stdout, stderr } = await run('npm', ['run', '--loglevel=error', 'quickstart'], { cwd: PROJECT });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('the next one without consent, and people/me returns Ada Admin');
  const server = /(?:OpenBao|Vault) runs at (http:\/\/127\.0\.0\.1:\d+)/.exec(stdout)?.[1];
  expect(server).toBeDefined();
  await expect(fetch(`${server ?? ''}/v1/sys/seal-status`)).rejects.toThrow('fetch failed');
});

test('npm run quickstart -- --keep ends with all that it started by a SIGTERM to npm alone', async () => {
  const npm = spawn('npm', ['run', '--loglevel=error', 'quickstart', '--', '--keep'], { cwd: PROJECT });
  const ended = once(npm, 'exit');
  let stdout = '';
  let stderr = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  npm.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const sourced = (): RegExpExecArray | undefined => /^ {2}source (\S+)$/m.exec(stdout) ?? undefined;
  await eventually(() => sourced() ?? (npm.exitCode === null ? undefined : 'ended early'));
  expect({ exitCode: npm.exitCode, stderr }).toEqual({ exitCode: null, stderr: '' });
  const [, file = ''] = sourced() ?? [];
  const started = await descendants(npm.pid ?? 0);
  try {
    // The processes are the command, the server and its plugin.
    expect(started.length).toBeGreaterThanOrEqual(3);
    expect(existsSync(dirname(file))).toBe(true);
    npm.kill('SIGTERM');
    await ended;
    await eventually(() => !started.some(isRunning) || undefined);
    expect(existsSync(dirname(file))).toBe(false);
  } finally {
    started.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL'));
  }
});
