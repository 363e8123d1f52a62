import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../lib/processes/child-process';
import { eventually } from '../../../rehearsal/eventually';
import { WrittenVault } from '../../../rehearsal/written-vault';
import { credentialAnswer, refusal, ScriptedVault } from '../../fixtures/loopback/scripted-vault';
import { Script, STARTED_WEBEX_TOKEN } from '../../fixtures/programs/script';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* The command on the real server and the simulated Webex, as a job runs it. */

/** The command of the job. It shows its environment, requests each path of its input, and exits with 7. */
const JOB = `
  console.log(JSON.stringify(process.env));
  const lines = require('node:readline').createInterface({ input: process.stdin });
  let answers = 0;
  lines.on('line', async (line) => {
    const [method, path] = line.split(' ');
    const url = new URL(path, process.env.WEBEX_BASE_URL);
    const headers = { Authorization: 'Bearer ' + process.env.WEBEX_ACCESS_TOKEN };
    const answer = await fetch(url, { method, headers });
    console.log('answer ' + (answers += 1) + ': ' + answer.status + ' ' + (await answer.text()));
  });
  lines.on('close', () => (process.exitCode = 7));
`;

const RULES = ['GET /v1/people/*', 'GET /v1/rooms'];

let vault: WrittenVault;
let app: { roleId: string; secretId: string };
/** Requests of each job. */
const asked = new Map<Script, number>();
/** Values that nothing but the programs of this project may see. */
let secrets: string[];

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  app = await vault.appLogin('people-me');
});
afterAll(() => vault[Symbol.asyncDispose]());

function start(options: readonly string[], env: Record<string, string> = {}): Script {
  const copies = { ADDR: vault.server.address, ROLE_ID: app.roleId, SECRET_ID: app.secretId };
  const tokens = Object.fromEntries(
    ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'BAO_JWT_AUDIENCE', 'CI_JOB_JWT'].map((name) => [name, secret()]),
  );
  secrets = [app.roleId, app.secretId, vault.server.rootToken, ...Object.values(tokens)];
  const given = {
    ...Object.fromEntries(Object.entries(copies).map(([name, value]) => [`VAULT_${name}`, value])),
    BAO_SECRET_ID: app.secretId,
    MY_COPY: app.secretId,
    ...tokens,
    ...env,
  };
  const upstream = ['--upstream', vault.webex.url];
  return new Script(
    'webex-token',
    ['exec', '--proxy', 'testauth', ...upstream, ...options, '--', process.execPath, '-e', JOB],
    given,
  );
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

/** Has the job send a request, and waits for the answer. */
async function ask(script: Script, request: string): Promise<string> {
  const number = (asked.get(script) ?? 0) + 1;
  asked.set(script, number);
  script.child.stdin.write(`${request}\n`);
  const [, answer = ''] = await script.prints(new RegExp(`^answer ${number}: (.*)\n`, 'm'));
  return answer;
}

async function environmentOf(script: Script): Promise<Record<string, string>> {
  const [line = ''] = await script.prints(/^\{.*\}$/m);
  return JSON.parse(line) as Record<string, string>;
}

it('a command calls Webex for longer than a token lives, and holds no token and no identity', async () => {
  const script = start(RULES.flatMap((rule) => ['--allow', rule]));
  const environment = await environmentOf(script);
  expect(await ask(script, 'GET people/me')).toMatch(/^200 .*"emails"/);
  vault.webex.grants.expireAccessTokens();
  await vault.engine.forceRefresh(vault.admin, 'testauth');
  expect(await ask(script, 'GET people/me')).toMatch(/^200 .*"emails"/);
  expect(await ask(script, 'POST messages')).toMatch(/^403 .*No rule of this proxy/);
  expect(await ask(script, 'GET people//me')).toMatch(/^400 /);
  const { exitCode, stdout, stderr } = await script.result();
  expect(exitCode).toBe(7);

  expect(environment).not.toHaveProperty('MY_COPY');
  for (const name of Object.keys(environment)) {
    expect(name).not.toMatch(/VAULT|BAO|ACTIONS|CI_JOB|MOUNT/);
  }
  const seen = stdout + stderr + JSON.stringify(environment);
  for (const each of [...secrets, ...vault.issued]) {
    expect(seen).not.toContain(each);
  }
  expect(stderr).toBe('');

  // The key and its proxy have ended with the command.
  const { WEBEX_BASE_URL = '', WEBEX_ACCESS_TOKEN = '' } = environment;
  expect(WEBEX_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/$/);
  await expect(fetch(WEBEX_BASE_URL, { headers: { Authorization: `Bearer ${WEBEX_ACCESS_TOKEN}` } })).rejects.toThrow();
  const refused = await fetch(`${vault.webex.apiUrl}/people/me`, {
    headers: { Authorization: `Bearer ${WEBEX_ACCESS_TOKEN}` },
  });
  expect(refused.status).toBe(401);
});

it('the rules of WEBEX_ALLOW bind a command, unless --allow replaces them', async () => {
  const log = join(temporaryFolder(), 'requests.jsonl');
  const rules = { WEBEX_ALLOW: 'GET /v1/rooms; GET /v1/people/*' };
  const script = start(['--log', log], rules);
  expect(await ask(script, 'GET people/me?callingData=hidden')).toMatch(/^200 /);
  expect(await ask(script, 'DELETE people/me')).toMatch(/^403 /);
  const { WEBEX_ACCESS_TOKEN = '' } = await environmentOf(script);
  await script.result();
  const text = readFileSync(log, 'utf8');
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    { credential: 'testauth', app: 'people-me', method: 'GET', path: '/v1/people/me', status: 200 },
    { method: 'DELETE', path: '/v1/people/me', status: 403, refusal: 'allow' },
  ]);
  for (const each of [WEBEX_ACCESS_TOKEN, 'hidden', ...secrets, ...vault.issued]) {
    expect(text).not.toContain(each);
  }

  const replaced = start(['--allow', 'GET /v1/people'], rules);
  expect(await ask(replaced, 'GET people/me')).toMatch(/^403 /);
  expect((await replaced.result()).exitCode).toBe(7);
});

describe('with a scripted Vault', () => {
  const CREDS = 'oauthapp/creds/testauth';
  const REVOKED = 'PUT auth/token/revoke-self';
  let scripted: ScriptedVault;
  let env: Record<string, string>;

  beforeEach(async () => {
    scripted = await ScriptedVault.start();
    scripted.answer(CREDS, credentialAnswer('the-access-token', new Date('2030-01-02T03:04:05Z')));
    env = { VAULT_ADDR: scripted.address, VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 'the-secret-id' };
  });
  afterEach(() => scripted[Symbol.asyncDispose]());

  const exec = (...line: string[]): Script =>
    new Script('webex-token', ['exec', '--proxy', 'testauth', '--', ...line], env);

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    'exec --proxy passes %s on to the command, and logs out after it',
    async (signal) => {
      const line = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
      const script = exec('sh', '-c', line);
      await script.prints(/ready/);
      expect(scripted.requests).not.toContain(REVOKED);
      script.child.kill(signal);
      expect(await script.result()).toEqual({ exitCode: 9, stdout: 'ready\ngot\n', stderr: '' });
      expect(scripted.requests.at(-1)).toBe(REVOKED);
    },
  );

  it.each<[string, string[], number]>([
    ['128 and the signal that ended it', ['sh', '-c', 'kill -KILL $$'], 137],
    ['127 if there is no such command', ['no-such-command-at-all'], 127],
  ])('exec --proxy exits with %s', async (_, line, code) => {
    expect((await exec(...line).result()).exitCode).toBe(code);
    expect(scripted.requests.at(-1)).toBe(REVOKED);
  });

  it('exec --proxy runs no command if there is no token', async () => {
    scripted.answer(CREDS, refusal(404));
    expect(await exec('echo', 'ran').result()).toMatchObject({ exitCode: 3, stdout: '' });
    expect(scripted.requests.at(-1)).toBe(REVOKED);
  });

  it('an interrupted exec --proxy waits for the answer of Vault, runs no command, and logs out', async () => {
    const release = scripted.hold();
    const script = exec('echo', 'ran');
    await eventually(() => (scripted.requests.length > 0 ? true : undefined));
    script.child.kill('SIGINT');
    // A process can receive two pending signals in either order.
    await script.says(/interrupted; Vault has some time to answer/);
    script.child.kill('SIGTERM');
    release();
    expect(await script.result()).toMatchObject({ exitCode: 130, stdout: '' });
    expect(scripted.requests.at(-1)).toBe(REVOKED);
  });

  it('exec --proxy masks the key before the log of GitHub Actions shows it', async () => {
    const line = [STARTED_WEBEX_TOKEN, 'exec', '--proxy', 'testauth', '--', 'printenv', 'WEBEX_ACCESS_TOKEN'];
    const shell = ['-c', 'exec "$@" 2>&1', 'sh', process.execPath, ...line];
    const { stdout } = await run('sh', shell, { env: { PATH: process.env.PATH, ...env, GITHUB_ACTIONS: 'true' } });
    expect(stdout).toMatch(/^::add-mask::([\w-]{43})\n\1\n$/);
  });
});
