import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unwrapSecretId } from '#core';
import { findServer } from '../../rehearsal/server/server-binary';
import { issueSecretId } from '../../lib/apps/issued-secret-id';
import { appPolicy } from '../../lib/declaration/policies/app-policy';
import type { VaultClient } from '../../lib/vault/vault-client';
import { runCommand } from '../fixtures/programs/command-run';
import { eventually } from '../../rehearsal/eventually';
import type { ScriptResult } from '../fixtures/programs/script';
import { onOpenBao, SERVER_PROGRAM } from '../fixtures/runs/server-product';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { WrittenVault } from '../../rehearsal/written-vault';

let vault: WrittenVault;
let folder: string;
let agent: ChildProcess | undefined;
let output: string;

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.appLogin('people-me');
  const { person } = await vault.authorize();
  expect(person?.displayName).toBe('Ada Admin');
});

afterAll(() => vault[Symbol.asyncDispose]());

beforeEach(() => {
  folder = join(temporaryFolder(), 'agent');
  output = '';
});

async function stopAgent(): Promise<void> {
  if (agent?.exitCode === null && agent.signalCode === null) {
    const ended = once(agent, 'exit');
    agent.kill();
    await ended;
  }
  agent = undefined;
}

afterEach(async () => {
  await stopAgent();
  rmSync(resolve(folder, '..'), { recursive: true });
});

function agentConfig(args: readonly string[], env: Record<string, string> = {}): Promise<ScriptResult> {
  return runCommand('agent-config', args, { ...vault.environment, ...env });
}

/** Writes role id and secret id to the agent's files, as the printed lines do. */
async function introduce(client: VaultClient = vault.admin, wrapped = false): Promise<void> {
  const { roleId, wrappingToken } = await issueSecretId(client, vault.deployment, 'people-me', 36_000);
  writeFileSync(join(folder, 'role-id'), roleId);
  const secretId = wrapped ? wrappingToken : await unwrapSecretId(client.connection, wrappingToken);
  writeFileSync(join(folder, 'secret-id'), secretId);
}

/** Starts the agent by the printed line. */
async function startAgent({ stderr }: ScriptResult, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const printed = stderr.split('\n').find((candidate) => candidate.includes('agent -config')) ?? '';
  const line = printed.replace('bao agent', `${SERVER_PROGRAM} agent`);
  const PATH = `${dirname(await findServer())}:${process.env.PATH ?? ''}`;
  agent = spawn('bash', ['-c', `exec env ${line}`], { env: { PATH, HOME: folder, ...env } });
  for (const stream of [agent.stdout, agent.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
}

function readToken(): string | undefined {
  try {
    return readFileSync(join(folder, 'testauth.token'), 'utf8');
  } catch {
    return undefined;
  }
}

it('a real agent keeps a fresh access token in a private file', async () => {
  const written = await agentConfig(['people-me', '--out', folder, '--render-interval', '1s']);
  expect(written).toMatchObject({ exitCode: 0, stdout: `${join(folder, 'agent.hcl')}\n` });
  await introduce();
  await startAgent(written);

  const token = await eventually(readToken);
  expect(statSync(join(folder, 'testauth.token')).mode & 0o777).toBe(0o600);
  expect(await vault.engine.isAccepted(token)).toBe(true);
  await eventually(() => output.includes('renewed auth token') || undefined);

  vault.webex.behavior.refresh = 'rotate';
  // The engine refreshes tokens with less than 2,000,000 s left, which includes this one.
  await vault.admin.write('oauthapp/config', {
    tune_reap_check_interval_seconds: 0,
    tune_refresh_check_interval_seconds: 1,
    tune_refresh_expiry_delta_factor: 2_000_000,
  });
  const next = await eventually(() => {
    const current = readToken();
    return current === token ? undefined : current;
  });
  expect(await vault.engine.isAccepted(next)).toBe(true);
  expect(output).not.toContain(token);
});

it('a real agent runs a program with the token in its environment', async () => {
  const program = 'test -n "$WEBEX_TOKEN_TESTAUTH" && echo "it has a token" && exec sleep 60';
  const written = await agentConfig(['people-me', '--out', folder, '--format', 'env', '--exec', program]);
  await introduce();
  await startAgent(written);
  await eventually(() => (/^it has a token$/m.test(output) ? true : undefined));
});

onOpenBao.it('a real agent logs in and reads in a namespace', async () => {
  await vault.admin.write('sys/namespaces/team', {});
  const team = vault.admin.withNamespace('team');
  await team.write('sys/auth/approle', { type: 'approle' });
  // Any engine suffices, because only the path matters.
  await team.write('sys/mounts/oauthapp', { type: 'kv' });
  await team.write('oauthapp/creds/testauth', { access_token: 'the token of the team' });
  await team.write('sys/policies/acl/reader', { policy: appPolicy('oauthapp', ['testauth']) });
  await team.write('auth/approle/role/people-me', { token_policies: ['reader'], token_no_default_policy: true });

  const written = await agentConfig(['people-me', '--out', folder], { VAULT_NAMESPACE: 'team' });
  await introduce(team);
  await startAgent(written, { VAULT_NAMESPACE: 'team' });
  expect(await eventually(readToken)).toBe('the token of the team');
});

describe.each<[string, string[], boolean]>([
  ['a secret id, which stays for the next start', [], true],
  ['a wrapping token, for one start', ['--wrapped-secret-id'], false],
])('prints lines that give the agent %s', (_, options, stays) => {
  it('a real agent reads the token with the login that the printed lines gave it', async () => {
    const written = await agentConfig(['people-me', '--out', folder, ...options]);
    const lines = written.stderr.split('\n').filter((line) => line.startsWith('  ') && !line.includes('agent -config'));
    const PATH = `${dirname(await findServer())}:${process.env.PATH ?? ''}`;
    const env = { ...vault.environment, PATH, HOME: folder, VAULT_TOKEN: vault.server.rootToken };
    await promisify(execFile)('bash', ['-euc', lines.join('\n')], { env });
    expect(statSync(join(folder, 'secret-id')).mode & 0o777).toBe(0o600);
    await startAgent(written);
    expect(await vault.engine.isAccepted(await eventually(readToken))).toBe(true);
    expect(existsSync(join(folder, 'secret-id'))).toBe(stays);
    expect(statSync(join(folder, 'role-id')).mode & 0o777).toBe(0o600);

    await stopAgent();
    rmSync(join(folder, 'testauth.token'));
    output = '';
    await startAgent(written);
    if (stays) {
      expect(await vault.engine.isAccepted(await eventually(readToken))).toBe(true);
    } else {
      await eventually(() => (/secret-id|secret ID/i.test(output) ? true : undefined));
      expect(readToken()).toBeUndefined();
      expect(written.stderr).toContain(
        'The wrapping token works for one start. Issue another one before the next start.',
      );
    }
  });
});

it('the agent does not start if the wrapping token was made for another role', async () => {
  const written = await agentConfig(['people-me', '--out', folder, '--wrapped-secret-id']);
  await vault.admin.write('auth/approle/role/other', {});
  const { token } = await vault.admin.writeWrapped('auth/approle/role/other/secret-id', {}, 36_000);
  await introduce(vault.admin, true);
  writeFileSync(join(folder, 'secret-id'), token);
  await startAgent(written);
  await eventually(() => (/unable to validate.*creation_path|creation path/i.test(output) ? true : undefined));
  expect(readToken()).toBeUndefined();
});

it.each([
  [['nobody'], 'error: unknown app "nobody"; the deployment declares "people-me"\n'],
  [
    ['people-me', '--format', 'env'],
    'error: --format env needs a program that gets the environment; add --exec "<command>"\n',
  ],
  [
    ['people-me', '--exec', 'node app.js'],
    'error: --exec has no effect with --format file; add --format env, or leave out --exec\n',
  ],
])('agent-config %j ends with one clear line', async (args, line) => {
  expect(await agentConfig(args)).toMatchObject({ exitCode: 2, stderr: line, stdout: '' });
});

it('agent-config writes a private folder that git ignores, and a private file', async () => {
  await promisify(execFile)('git', ['init', '--quiet', dirname(folder)]);
  await agentConfig(['people-me', '--out', folder]);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, 'agent.hcl')).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
});

it.each([0o777, 0o755])('agent-config refuses a folder of mode %d, which other users can enter', async (mode) => {
  mkdirSync(folder);
  chmodSync(folder, mode);
  const { exitCode, stdout, stderr } = await agentConfig(['people-me', '--out', folder]);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^error: the folder \S+agent must be private to its owner, got mode 07\d\d; run chmod 700 .*\n$/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('agent-config prints commands for the same deployment', async () => {
  const { DEPLOYMENT: file = '' } = vault.environment;
  const { stderr } = await agentConfig(['people-me', '--out', folder, '--deployment', file], { DEPLOYMENT: '/none' });
  expect(stderr).toContain(`/secret-id --json --deployment ${file}) && `);
});

it('agent-config does not overwrite a configuration that somebody wrote', async () => {
  await agentConfig(['people-me', '--out', folder]);
  writeFileSync(join(folder, 'agent.hcl'), '# mine\n');
  const { exitCode, stderr } = await agentConfig(['people-me', '--out', folder]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `error: ${join(folder, 'agent.hcl')} exists and was not written by this command; move it away, or use another --out\n`,
  );
  expect(readFileSync(join(folder, 'agent.hcl'), 'utf8')).toBe('# mine\n');
});
