import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { issueSecretId } from '../lib/apps/issued-secret-id';
import { run, type FinishedCommand } from '../lib/processes/child-process';
import { cachedHvac } from './fixtures/programs/hvac';
import { STARTED_WEBEX_TOKEN } from './fixtures/programs/script';
import { OperatedVault } from './fixtures/worlds/operated-vault';
import { snippet } from './fixtures/pages/code-block';

/* The commands of client/README.md, typed on a production server with its CA, including failures. */

let operated: OperatedVault;
let environment: NodeJS.ProcessEnv;
let python: { PYTHONPATH: string };

beforeAll(async () => {
  operated = await OperatedVault.start();
  await operated.init();
  await operated.deploy();
  await operated.authorize();
  python = await cachedHvac();
  await mkdir(operated.path('home'), { mode: 0o700 });
  environment = {
    PATH: `${npxOfWebexToken(operated.path('bin'))}:${process.env.PATH ?? ''}`,
    HOME: operated.path('home'),
    VAULT_ADDR: operated.server.node.address,
    VAULT_CACERT: operated.server.caFile,
    VAULT_SECRET_ID_FILE: operated.path('home/people-me.secret-id'),
  };
});
afterAll(() => operated[Symbol.asyncDispose]());

/** Runs the page's lines. The environment replaces the line that sets Vault's address and the app's identity. */
async function unwrap(env: NodeJS.ProcessEnv = {}): Promise<FinishedCommand> {
  const { roleId, wrappingToken } = await issueSecretId(
    await operated.as('issuer'),
    operated.deployment,
    'people-me',
    60,
  );
  environment.VAULT_ROLE_ID = roleId;
  const lines = snippet('client/README.md', 'unwrap').replace(
    /^export VAULT_ADDR=.*$/m,
    'exec <<< "$INPUT"; unset INPUT',
  );
  return run('bash', ['-c', lines], {
    cwd: resolve(__dirname, '..'),
    env: { ...environment, ...env, INPUT: wrappingToken },
  });
}

const ways: [string, (env: NodeJS.ProcessEnv) => Promise<FinishedCommand>][] = [
  [
    'webex-token',
    (env) => run('npx', ['--no-install', 'webex-token', 'testauth'], { cwd: resolve(__dirname, '..'), env }),
  ],
  ['curl', (env) => run('bash', ['-c', snippet('client/README.md', 'curl')], { env })],
  ['hvac', (env) => run('python3', ['-c', snippet('client/README.md', 'hvac')], { env: { ...env, ...python } })],
];

beforeEach(async () => expect(await unwrap()).toMatchObject({ exitCode: 0, stdout: '' }));
afterEach(() => rm(operated.path('home/people-me.secret-id')));

describe.each(ways)('by %s', (_, read) => {
  it('the access token is read, and nothing else is printed', async () => {
    const { exitCode, stdout } = await read(environment);
    expect(exitCode).toBe(0);
    const headers = { authorization: `Bearer ${stdout.trim()}` };
    const reply = await fetch(`${operated.engine.webex.apiUrl}/people/me`, { headers });
    expect(z.object({ displayName: z.string() }).parse(await reply.json()).displayName).toBe('Ada Admin');
  });

  it('a server whose CA is not trusted is an error, and nothing is printed', async () => {
    const { exitCode, stdout, stderr } = await read({ ...environment, VAULT_CACERT: undefined });
    expect(exitCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/certificate/i);
  });

  it('a secret id that is not good any more is an error, and nothing is printed', async () => {
    await writeFile(operated.path('home/people-me.secret-id'), 'spent');
    const { exitCode, stdout, stderr } = await read(environment);
    expect(exitCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });
});

it('a secret id is not unwrapped at a server whose CA is not trusted, and the file before it stays', async () => {
  const before = await readFile(operated.path('home/people-me.secret-id'), 'utf8');
  const { exitCode, stderr } = await unwrap({ VAULT_CACERT: undefined });
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/^error: no answer from Vault .*certificate/);
  expect(await readFile(operated.path('home/people-me.secret-id'), 'utf8')).toBe(before);
});

/**
 * Makes a command `npx` that starts webex-token directly. npm's own `npx` needs more time for the search than for the
 * run.
 *
 * @returns folder for the beginning of PATH
 */
function npxOfWebexToken(folder: string): string {
  mkdirSync(folder);
  const script = `#!/bin/sh
[ "$1" = --no-install ] && shift
[ "$1" = webex-token ] || { echo "npx runs webex-token alone here, got $1" >&2; exit 1; }
shift
exec '${process.execPath}' '${STARTED_WEBEX_TOKEN}' "$@"
`;
  writeFileSync(join(folder, 'npx'), script, { mode: 0o755 });
  return folder;
}
