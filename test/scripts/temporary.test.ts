import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOperatorLogin } from '../../lib/operators/operator-folder';
import { freePort } from '../../lib/processes/free-port';
import { runCommand } from '../fixtures/programs/command-run';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import type { ScriptResult } from '../fixtures/programs/script';
import { LOST, refusal, ScriptedVault, type ScriptedAnswer } from '../fixtures/loopback/scripted-vault';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The exit code is 4 for a temporary failure. Every other failure has another code. */

const STATUS = { initialized: true, sealed: false, version: '1', t: 1, n: 1, progress: 0 };
const ROLE = 'auth/approle/role/people-me';
const LIMITED = refusal(429, 'request path "x": rate limit quota exceeded');
/** Answer of a load balancer. */
const NO_NODE = { status: 503, body: {} };
const ALL = ['create', 'read', 'update', 'delete'];
const AUTHORIZED = ['auth-code-url', 'creds/testauth', 'creds/testauth.consent'].map((path) => `oauthapp/${path}`);

let vault: ScriptedVault;
let folder: string;

beforeEach(async () => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'key-share-1'), Buffer.alloc(33, 1).toString('base64'), { mode: 0o600 });
  await writeOperatorLogin(folder, 'backup', { roleId: 'r', secretId: 's' });
  vault = await ScriptedVault.start();
  vault.answer('sys/seal-status', { body: STATUS });
  vault.answer('sys/capabilities-self', { body: { data: Object.fromEntries(AUTHORIZED.map((path) => [path, ALL])) } });
  vault.answer('sys/internal/ui/mounts/oauthapp', { body: { data: { type: 'oauthapp' } } });
  vault.answer('oauthapp/servers/webex-myapp', { body: { data: {} } });
  vault.answer('oauthapp/creds/testauth.consent', { body: {} });
  vault.answer(`${ROLE}/role-id`, { body: { data: { role_id: 'r' } } });
});
afterEach(() => vault[Symbol.asyncDispose]());

const COMMANDS: Readonly<Record<string, () => readonly string[]>> = {
  authorize: () => ['testauth', '--no-browser'],
  revoke: () => ['testauth', '--yes'],
  issue: () => ['people-me'],
  'backup create': () => [join(folder, 'a.snap')],
  unseal: () => ['--key-shares', folder],
  init: () => ['--operators', join(folder, 'out'), '--shares', '1', '--threshold', '1'],
};

function run(command: string, env: Record<string, string> = {}, more: readonly string[] = []): Promise<ScriptResult> {
  const args = [...(COMMANDS[command]?.() ?? []), ...more];
  return runCommand(command, args, { VAULT_ADDR: vault.address, VAULT_TOKEN: 't', ...env });
}

it.each<[string, string, ScriptedAnswer]>([
  ['authorize', 'sys/seal-status', LIMITED],
  ['authorize', 'sys/capabilities-self', LIMITED],
  ['authorize', 'sys/internal/ui/mounts/oauthapp', NO_NODE],
  ['authorize', 'oauthapp/servers/webex-myapp', refusal(500, 'internal error')],
  ['authorize', 'oauthapp/creds/testauth', LIMITED],
  ['authorize', 'oauthapp/auth-code-url', LIMITED],
  ['authorize', 'oauthapp/auth-code-url', NO_NODE],
  ['revoke', 'sys/seal-status', NO_NODE],
  ['revoke', 'oauthapp/creds/testauth', LIMITED],
  ['issue', `${ROLE}/role-id`, LIMITED],
  ['issue', `${ROLE}/secret-id`, NO_NODE],
  ['issue', `${ROLE}/secret-id`, refusal(500, 'internal error')],
  ['backup create', 'sys/storage/raft/snapshot', LIMITED],
  ['backup create', 'sys/storage/raft/snapshot', NO_NODE],
  ['backup create', 'sys/storage/raft/snapshot', refusal(500, 'internal error')],
  ['unseal', 'sys/seal-status', LIMITED],
  ['unseal', 'sys/seal-status', NO_NODE],
  ['init', 'sys/seal-status', LIMITED],
  ['init', 'sys/seal-status', NO_NODE],
])('the %s command exits with 4 if Vault temporarily refuses %s', async (command, path, answer) => {
  vault.answer(path, answer);
  const { exitCode, stdout, stderr } = await run(command);
  expect(stderr).toMatch(/^error: .*(?:429|500|503).* try again later[^\n]*\n$/);
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
});

it.each([
  ['unseal', 'sys/unseal', LIMITED],
  ['unseal', 'sys/unseal', { status: 500, body: {} }],
  ['init', 'sys/init', LIMITED],
  ['init', 'sys/init', refusal(500, 'no storage')],
])('the %s command exits with 4 if a sealed or new server temporarily refuses %s', async (command, path, answer) => {
  vault.answer('sys/seal-status', { body: { ...STATUS, initialized: command === 'unseal', sealed: true } });
  vault.answer(path, answer);
  const { exitCode, stderr } = await run(command);
  expect(stderr).toMatch(/^error: .*(?:429|500).*; .*try again later[^\n]*\n$/);
  expect(exitCode).toBe(4);
});

it.each(Object.keys(COMMANDS))('the %s command exits with 4 if nothing listens', async (command) => {
  const { exitCode, stderr } = await run(command, { VAULT_ADDR: `http://127.0.0.1:${await freePort()}` });
  expect(stderr).toMatch(
    /^error: no answer from Vault at \S+ \(ECONNREFUSED\); check VAULT_ADDR and that the server runs\n$/,
  );
  expect(exitCode).toBe(4);
});

it.each([['token'], ['exec']])('the %s command exits with 4 if the login is rate-limited', async (command) => {
  vault.answer('auth/operators/login', LIMITED);
  const args = ['backup', '--operators', folder, ...(command === 'exec' ? ['--', 'true'] : [])];
  const { exitCode, stderr } = await runCommand(command, args, { VAULT_ADDR: vault.address });
  expect(stderr).toMatch(/^error: Vault could not log in at auth\/operators \(429: .*\); try again later\n$/);
  expect(exitCode).toBe(4);
});

it('init says that a key may be lost if the answer with the key is lost', async () => {
  vault.answer('sys/seal-status', { body: { ...STATUS, initialized: false, sealed: true } });
  for (const [answer, how] of [
    [LOST, 'was lost \\(ECONNRESET\\)'],
    [{ status: 504, body: {} }, 'in time \\(504\\)'],
  ] as const) {
    vault.answer('sys/init', answer);
    const { exitCode, stderr } = await run('init');
    expect(stderr).toMatch(
      new RegExp(`^error: .*${how}\\. If it is initialized now .* its key is lost .*delete its data`),
    );
    expect(exitCode).toBe(1);
  }
});

it.each(['authorize', 'revoke', 'issue', 'backup create'])(
  'the help of %s says that exit code 5 means not permitted',
  async (command) => {
    const { stdout } = await runCommand(command, ['--help']);
    expect(stdout).toMatch(/\n {2}5 {4}Not permitted: /);
  },
);

it('backup exits with 5 if the token lacks a right, and if there is no token', async () => {
  vault.answer('sys/storage/raft/snapshot', refusal(403, 'permission denied'));
  const refused = await run('backup create');
  expect(refused.stderr).toContain('its policies do not allow this');
  expect(refused.exitCode).toBe(5);
  const nobody = { HOME: folder, VAULT_ADDR: vault.address };
  const { exitCode, stderr } = await runCommand(
    'backup create',
    [join(folder, 'a.snap'), '--operators', 'none'],
    nobody,
  );
  expect(stderr).toMatch(/^error: no Vault token and no login was found; set VAULT_TOKEN, or VAULT_ROLE_ID/);
  expect(exitCode).toBe(5);
});

it('backup of a sealed server exits with 4, and names the command that unseals it', async () => {
  vault.answer('sys/storage/raft/snapshot', refusal(503, 'Vault is sealed'));
  const { exitCode, stderr } = await run('backup create');
  expect(stderr).toMatch(/it is sealed: run "npx --no-install webex-token-vault unseal"\n$/);
  expect(exitCode).toBe(4);
});

it('an error shows a command for the deployment of the run', async () => {
  vault.answer('sys/storage/raft/snapshot', refusal(503, 'Vault is sealed'));
  const { DEPLOYMENT: file = '' } = deploymentInFile(folder, exampleDeployment());
  const { stderr } = await run('backup create', {}, ['--deployment', file]);
  expect(stderr).toContain(`it is sealed: run "npx --no-install webex-token-vault unseal --deployment ${file}"\n`);
});
