import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../client/src/command/webex-token';
import * as proxyCommand from '../../client/src/proxy/proxy-command';
import {
  credentialAnswer,
  loginAnswer,
  refusal,
  ScriptedVault,
  UNWRAPPED_SECRET_ID,
  WRAPPED_SECRET_ID,
  type ScriptedAnswer,
} from '../fixtures/loopback/scripted-vault';
import { outcomeOf, useVirtualTime } from '../fixtures/clocks/virtual-time';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The command in this process. webex-token-process.integration.test.ts tests the properties of a process. */

const CREDS = 'oauthapp/creds/testauth';
const LOGIN = 'auth/approle/login';
const ACCESS_TOKEN = 'the-access-token';
const EXPIRY = new Date('2030-01-02T03:04:05.678Z');
const APP = { VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 'the-secret-id' };
const LOGGED_IN_AND_OUT = [`PUT ${LOGIN}`, `GET ${CREDS}`, 'PUT auth/token/revoke-self'];

let vault: ScriptedVault;
let folder: string;
const environment = process.env;

/* The clock is virtual, because a busy machine could exceed a deadline. */
useVirtualTime();

beforeAll(() => (folder = temporaryFolder()));
beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer(CREDS, credentialAnswer(ACCESS_TOKEN, EXPIRY));
});
afterEach(async () => {
  process.env = environment;
  process.stdout.removeAllListeners('error');
  process.stderr.removeAllListeners('error');
  await vault[Symbol.asyncDispose]();
});

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text: unknown, done?: unknown) => {
      written[name] += String(text);
      if (typeof done === 'function') {
        (done as () => void)();
      }
      return true;
    }),
  );
  process.env = { HOME: join(folder, 'nobody'), VAULT_ADDR: vault.address, ...env };
  try {
    await main(argv, { version: () => '1.2.3', proxy: () => proxyCommand });
    return { exitCode: Number(process.exitCode), ...written };
  } finally {
    process.exitCode = undefined;
    spies.forEach((spy) => spy.mockRestore());
  }
}

describe('prints', () => {
  it('webex-token prints the access token and nothing else', async () => {
    expect(await run(['testauth'], APP)).toEqual({ exitCode: 0, stdout: `${ACCESS_TOKEN}\n`, stderr: '' });
  });

  it('webex-token prints token, type, expiry and warnings as JSON', async () => {
    vault.answer(CREDS, credentialAnswer(ACCESS_TOKEN, EXPIRY, [`it was ${ACCESS_TOKEN}`]));
    const { exitCode, stdout, stderr } = await run(['testauth', '--json'], APP);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      access_token: ACCESS_TOKEN,
      token_type: 'Bearer',
      expire_time: EXPIRY.toISOString(),
      warnings: ['it was [hidden]'],
    });
  });

  it('webex-token prints a null expiry if the token has none', async () => {
    vault.answer(CREDS, credentialAnswer(ACCESS_TOKEN));
    expect(JSON.parse((await run(['--json', 'testauth'], APP)).stdout)).toMatchObject({
      expire_time: null,
      warnings: [],
    });
  });

  it('webex-token prints a header for curl', async () => {
    expect((await run(['testauth', '--header'], APP)).stdout).toBe(`Authorization: Bearer ${ACCESS_TOKEN}\n`);
  });

  it("webex-token prints the engine's warnings on stderr, without the token", async () => {
    vault.answer(CREDS, credentialAnswer(ACCESS_TOKEN, EXPIRY, [`refresh of\n${ACCESS_TOKEN} failed`]));
    const { exitCode, stdout, stderr } = await run(['testauth'], APP);
    expect([exitCode, stdout]).toEqual([0, `${ACCESS_TOKEN}\n`]);
    expect(stderr).toBe('warning: refresh of [hidden] failed\n');
  });

  it.each<[string, string[], unknown]>([
    ['alone', [], `${ACCESS_TOKEN}\n`],
    ['in a header', ['--header'], `Authorization: Bearer ${ACCESS_TOKEN}\n`],
    ['in JSON', ['--json'], expect.stringContaining(`"access_token": "${ACCESS_TOKEN}"`)],
  ])('webex-token prints the token %s, once it has sent GitHub Actions the mask', async (_, argv, printed) => {
    const outcome = await run(['testauth', ...argv], { ...APP, GITHUB_ACTIONS: 'true' });
    expect(outcome).toEqual({ exitCode: 0, stdout: printed, stderr: `::add-mask::${ACCESS_TOKEN}\n` });
  });

  it('webex-token escapes a percent sign in the GitHub Actions mask', async () => {
    vault.answer(CREDS, credentialAnswer('100%25-the-access-token', EXPIRY));
    const { stdout, stderr } = await run(['testauth'], { ...APP, GITHUB_ACTIONS: 'true' });
    expect([stdout, stderr]).toEqual(['100%25-the-access-token\n', '::add-mask::100%2525-the-access-token\n']);
  });

  it('webex-token prints its version', async () => {
    expect(await run(['--version'])).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
    expect(await run(['-V'])).toMatchObject({ stdout: '1.2.3\n' });
  });

  it('webex-token prints its help, with all exit codes and variables', async () => {
    const { exitCode, stdout } = await run(['--help']);
    expect(exitCode).toBe(0);
    [0, 1, 2, 3, 4, 5, 126, 127, 130].forEach((code) => expect(stdout).toMatch(new RegExp(`^  ${code} +\\S`, 'm')));
    ['VAULT_ADDR', 'VAULT_TOKEN', 'VAULT_SECRET_ID_FILE', 'VAULT_RENEW_SECRET_ID', 'OAUTHAPP_MOUNT', 'BAO_...'].forEach(
      (name) => expect(stdout).toContain(name),
    );
    expect((await run(['-h'])).stdout).toBe(stdout);
  });
});

describe('the identity', () => {
  it('webex-token logs out of its own login if a Vault token is set too', async () => {
    await run(['testauth'], { ...APP, VAULT_TOKEN: 'the-vault-token' });
    expect(vault.requests).toEqual(LOGGED_IN_AND_OUT);
  });

  it('webex-token logs out if it gets no token', async () => {
    vault.answer(CREDS, refusal(403, 'permission denied'));
    expect((await run(['testauth'], APP)).exitCode).toBe(5);
    expect(vault.requests).toEqual(LOGGED_IN_AND_OUT);
  });

  it('webex-token prints the token even if the logout fails', async () => {
    vault.answer('auth/token/revoke-self', refusal(500, 'oh'));
    expect(await run(['testauth'], APP)).toEqual({ exitCode: 0, stdout: `${ACCESS_TOKEN}\n`, stderr: '' });
  });

  it('webex-token leaves a given Vault token alive', async () => {
    expect((await run(['testauth'], { VAULT_TOKEN: 'the-vault-token' })).stdout).toBe(`${ACCESS_TOKEN}\n`);
    expect(vault.requests).toEqual([`GET ${CREDS}`]);
  });

  it('webex-token uses the token that "vault login" left', async () => {
    writeFileSync(join(folder, '.vault-token'), 'left\n');
    expect((await run(['testauth'], { HOME: folder })).stdout).toBe(`${ACCESS_TOKEN}\n`);
  });

  it.each([
    ['VAULT_TOKEN', { VAULT_TOKEN: '' }],
    ['BAO_TOKEN', { BAO_TOKEN: '', VAULT_TOKEN: 'the-vault-token' }],
    ['VAULT_TOKEN', { BAO_TOKEN: 'the-vault-token', VAULT_TOKEN: '' }],
  ])('webex-token uses no other token in place of an empty %s', async (name, env) => {
    writeFileSync(join(folder, '.vault-token'), 'left\n');
    const { exitCode, stdout, stderr } = await run(['testauth'], { HOME: folder, ...env });
    expect(stderr).toMatch(new RegExp(`^error: ${name} is set but empty, as a login that failed leaves it, .*\n$`));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(vault.requests).toEqual([]);
  });

  it('webex-token accepts an empty Vault token if it logs in by AppRole', async () => {
    expect((await run(['testauth'], { ...APP, VAULT_TOKEN: '' })).stdout).toBe(`${ACCESS_TOKEN}\n`);
  });

  it('webex-token reads at the mounts that the environment names, with or without a slash', async () => {
    vault.answer('auth/machines/login', loginAnswer('s.t'));
    vault.answer('webex/engine/creds/testauth', credentialAnswer(ACCESS_TOKEN));
    const env = { ...APP, OAUTHAPP_MOUNT: 'webex/engine/', APPROLE_MOUNT: '/machines/' };
    expect(await run(['testauth'], env)).toEqual({ exitCode: 0, stdout: `${ACCESS_TOKEN}\n`, stderr: '' });
  });

  it('webex-token prefers the OpenBao form of each variable', async () => {
    const env = { BAO_ADDR: vault.address, VAULT_ADDR: 'http://127.0.0.1:1', BAO_TOKEN: 'b', VAULT_TOKEN: 'v' };
    expect((await run(['testauth'], env)).exitCode).toBe(0);
  });
});

describe('unwrap', () => {
  const WRAPPED = 'sys/wrapping/lookup';
  const file = (): string => join(folder, 'apps', 'secret-id');
  const env = (): NodeJS.ProcessEnv => ({ VAULT_WRAPPED_SECRET_ID: 'the-wrap', VAULT_SECRET_ID_FILE: file() });

  beforeEach(() => {
    vault.answer(WRAPPED, { body: { data: { creation_path: 'auth/machines/role/people-me/secret-id' } } });
    vault.answer('sys/wrapping/unwrap', { body: { data: { secret_id: 'the-secret-id' } } });
  });
  afterEach(() => rmSync(join(folder, 'apps'), { recursive: true, force: true }));

  it('unwrap writes the secret id to the private file of VAULT_SECRET_ID_FILE, and prints none of it', async () => {
    const outcome = await run(['unwrap'], env());
    expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: `the secret id is in ${file()}\n` });
    expect([readFileSync(file(), 'utf8'), statSync(file()).mode & 0o777]).toEqual(['the-secret-id', 0o600]);
    expect(vault.requests).toEqual([`PUT ${WRAPPED}`, 'PUT sys/wrapping/unwrap']);
    const login = { VAULT_ROLE_ID: 'r', VAULT_SECRET_ID_FILE: file() };
    expect(await run(['testauth'], login)).toMatchObject({ exitCode: 0, stdout: `${ACCESS_TOKEN}\n` });
  });

  it('unwrap accepts the OpenBao form of its variables, and ignores other login variables', async () => {
    const { VAULT_WRAPPED_SECRET_ID, VAULT_SECRET_ID_FILE } = env();
    const bao = { BAO_WRAPPED_SECRET_ID: VAULT_WRAPPED_SECRET_ID, BAO_SECRET_ID_FILE: VAULT_SECRET_ID_FILE };
    expect(await run(['unwrap'], { ...APP, VAULT_TOKEN: '', ...bao })).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['no wrapping token', { VAULT_WRAPPED_SECRET_ID: undefined }, /VAULT_WRAPPED_SECRET_ID is not set, .*; set it to/],
    ['no file', { VAULT_SECRET_ID_FILE: '' }, /VAULT_SECRET_ID_FILE is not set, .*; set it to/],
  ])('unwrap does not ask Vault if there is %s', async (_, missing, line) => {
    expectLine(await run(['unwrap'], { ...env(), ...missing }), 1, line);
    expect(vault.requests).toEqual([]);
  });

  it('unwrap does not ask Vault if others can write to the folder of the file', async () => {
    mkdirSync(join(folder, 'apps'));
    chmodSync(join(folder, 'apps'), 0o777);
    expectLine(await run(['unwrap'], env()), 1, /apps must not be writable by others, .*; run chmod go-w /);
    expect(vault.requests).toEqual([]);
  });

  it('unwrap leaves no file if someone else has used the wrapping token', async () => {
    vault.answer('sys/wrapping/unwrap', refusal(400, 'wrapping token is not valid or does not exist'));
    expectLine(await run(['unwrap'], env()), 1, /someone has taken the secret id\. Have the secret ids of this app/);
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    ['a credential', ['unwrap', 'testauth']],
    ['a form', ['unwrap', '--json']],
    ['a command', ['unwrap', '--', 'true']],
  ])('unwrap refuses %s', async (_, argv) => {
    expectLine(await run(argv, env()), 2, /unwrap takes (nothing|no)|goes with exec/);
  });
});

/** Expects one line on stderr, an empty stdout, and no secret in either. */
function expectLine({ exitCode, stdout, stderr }: Outcome, code: number, line: RegExp): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  expect(stderr).toMatch(line);
  expect(stderr).not.toMatch(/unexpected|the-secret-id|the-access-token|the-vault-token/);
  expect(exitCode).toBe(code);
}

it.each([
  [['VAULT_TOKEN'], /a Vault token expires while the command runs, .* or use exec without --proxy/],
  [['BAO_TOKEN'], /a Vault token expires/],
  [[], /VAULT_ROLE_ID is not set/],
])('exec --proxy refuses to run without an app, with %j alone', async (names, line) => {
  const env = Object.fromEntries(names.map((name) => [name, 'the-vault-token']));
  expectLine(await run(['exec', '--proxy', 'testauth', '--', 'true'], env), 1, line);
  expect(vault.requests).toEqual([]);
});

it('exec --proxy refuses a WEBEX_ALLOW that a mistake has emptied', async () => {
  const outcome = await run(['exec', '--proxy', 'testauth', '--', 'true'], { ...APP, WEBEX_ALLOW: '' });
  expectLine(outcome, 1, /WEBEX_ALLOW is set but has no rule/);
  expect(vault.requests).toEqual([]);
});

it('exec --proxy retries while it holds a secret id that a later run could not unwrap', async () => {
  vault.answer('sys/wrapping/lookup', WRAPPED_SECRET_ID);
  vault.answer('sys/wrapping/unwrap', UNWRAPPED_SECRET_ID);
  vault.answer(CREDS, ...Array<ScriptedAnswer>(5).fill(refusal(500)), refusal(404));
  const random = jest.spyOn(Math, 'random').mockReturnValue(0.9);
  const env = { VAULT_ROLE_ID: 'r', VAULT_WRAPPED_SECRET_ID: 'the-wrap' };
  const { value } = await outcomeOf(() => run(['exec', '--proxy', 'testauth', '--', 'true'], env));
  random.mockRestore();
  expect(value?.exitCode).toBe(3);
  expect(vault.count(`GET ${CREDS}`)).toBe(6);
});

describe('wrong usage', () => {
  it.each<[string, string[], RegExp]>([
    ['nothing', [], /no credential is named; write webex-token <credential>/],
    ['an empty credential', [''], /no credential is named/],
    ['two credentials', ['one', 'two'], /more than one credential: "one", "two"; name one/],
    ['an unknown option', ['testauth', '--jsn'], /Unknown option '--jsn'; see webex-token --help/],
    ['an option with a value', ['testauth', '--json=1'], /'--json' does not take an argument; see webex-token --help/],
    ['two forms', ['testauth', '--json', '--header'], /give one of them/],
    [
      'exec without a command',
      ['exec', 'testauth'],
      /there is no command .*; write webex-token exec <credential> -- <comm/,
    ],
    ['exec with an empty command', ['exec', 'testauth', '--'], /there is no command/],
    ['exec without a credential', ['exec', '--', 'true'], /no credential is named; write webex-token exec/],
    ['exec with a form', ['exec', 'testauth', '--json', '--', 'true'], /exec prints nothing itself/],
    ['a command without exec', ['testauth', '--', 'true'], /goes with exec/],
    [
      'exec of a command without "--"',
      ['exec', 'mine', './r2.sh'],
      /no "--" before the command; write webex-token exec mine -- \.\/r2\.sh$/m,
    ],
    [
      'exec of a command with options, without "--"',
      ['exec', 'mine', 'ls', '-l', '--json'],
      /no "--" before the command; write webex-token exec <credential> -- <command>$/m,
    ],
    ['exec of a command of several words, without "--"', ['exec', 'mine', 'sh my.sh'], /write webex-token exec <cred/],
    [
      'exec --proxy without "--"',
      ['exec', '--proxy', 'mine', './r2.sh'],
      /no "--" before the command; write webex-token exec --proxy mine -- \.\/r2\.sh$/m,
    ],
    [
      'exec --proxy with options, without "--"',
      ['exec', '--proxy', 'mine', '--allow', 'GET /v1/a', './r2.sh'],
      /write webex-token exec --proxy <credential> -- <command>$/m,
    ],
    [
      'exec --proxy of an unknown option',
      ['exec', '--proxy', 'mine', 'ls', '-l'],
      /write webex-token exec --proxy <cred/,
    ],
    [
      'exec --proxy without a command',
      ['exec', '--proxy', 'mine', '--'],
      /write webex-token exec --proxy <credential> --/,
    ],
    [
      'exec --proxy without a credential',
      ['exec', '--proxy', '--', 'true'],
      /no credential .* exec --proxy <credential>/,
    ],
    ['exec --proxy with a form', ['exec', '--proxy', 'mine', '--json', '--', 'true'], /exec prints nothing itself/],
    [
      'exec --proxy with an option for other callers',
      ['exec', '--proxy', 'mine', '--listen', '127.0.0.1:0', '--', 'true'],
      /--listen goes with proxy, because the proxy of exec serves its command alone; leave it out/,
    ],
    [
      '--proxy without exec',
      ['mine', '--proxy'],
      /--proxy goes with exec; write webex-token exec --proxy <credential> --/,
    ],
    [
      'exec with an option of a proxy',
      ['exec', 'mine', '--allow', 'GET /v1/a', '--', 'true'],
      /goes with exec --proxy/,
    ],
    [
      'a rule that allows nothing',
      ['exec', '--proxy', 'mine', '--allow', 'GET /v1/a', '--allow', 'get /v1/b', '--', 'true'],
      /--allow must begin with one method in upper case, or with "\*", got "get \/v1\/b"; write "GET \/v1\/b"$/m,
    ],
    ['a rule of proxy that allows nothing', ['proxy', 'mine', '--allow', '/v1/b'], /--allow must begin with a method/],
    ['a credential that is a path', ['../../sys/x'], /Vault is not asked for|is no name of a credential/],
  ])('webex-token prints one line and exits with the right code: %s', async (_, argv, line) => {
    const outcome = await run(argv, { VAULT_TOKEN: 'the-vault-token' });
    expectLine(outcome, outcome.exitCode === 1 ? 1 : 2, line);
    expect(vault.requests).toEqual([]);
  });
});

it.each<[string, () => NodeJS.ProcessEnv, RegExp, number?]>([
  ['nothing set', () => ({ VAULT_ADDR: undefined }), /VAULT_ADDR is not set, so there is no Vault to ask; set it/],
  ['no identity', () => ({}), /no identity to log in with; set VAULT_ROLE_ID and .*, or VAULT_TOKEN/, 5],
  ['no role id', () => ({ VAULT_SECRET_ID: 'the-secret-id' }), /there is a secret id but no role id/],
  [
    'an empty file',
    () => secretIdFile(' \n'),
    /VAULT_SECRET_ID_FILE names .*, which is empty; put the secret id of the app/,
  ],
  ['no file', () => ({ VAULT_ROLE_ID: 'r', VAULT_SECRET_ID_FILE: join(folder, 'none') }), /cannot be read \(ENOENT\)/],
  ['a folder', () => ({ VAULT_ROLE_ID: 'r', VAULT_SECRET_ID_FILE: folder }), /cannot be read \(EISDIR\)/],
  ['no CA file', () => ({ ...APP, VAULT_CACERT: join(folder, 'none') }), /VAULT_CACERT names .*\(ENOENT\); check/],
  [
    'a CA file that holds none',
    () => ({ ...APP, VAULT_CACERT: secretIdFile('the-secret-id').VAULT_SECRET_ID_FILE }),
    /VAULT_CACERT names .*, which holds no PEM certificate; /,
  ],
  ['a token with a line break', () => ({ VAULT_TOKEN: 'the-vault-token\n' }), /the Vault token has a character/],
  ['an invalid proxy', () => ({ ...APP, VAULT_ADDR: 'https://vault.test', HTTPS_PROXY: 'a b' }), /HTTPS_PROXY must be/],
  ['no check of certificates', () => ({ ...APP, NODE_TLS_REJECT_UNAUTHORIZED: '0' }), /turns the check of cert/],
])(
  'webex-token prints one line and exits with the right code for an environment with %s',
  async (_, env, line, code = 1) => {
    expectLine(await run(['testauth'], env()), code, line);
    expect(vault.requests).toEqual([]);
  },
);

function secretIdFile(content: string): { VAULT_ROLE_ID: string; VAULT_SECRET_ID_FILE: string } {
  const file = join(folder, 'given');
  writeFileSync(file, content);
  return { VAULT_ROLE_ID: 'r', VAULT_SECRET_ID_FILE: file };
}

it.each<[string, string, ScriptedAnswer, number, RegExp]>([
  [
    'a missing credential',
    CREDS,
    refusal(404),
    3,
    /"testauth" has no grant: nobody authorized it, or its grant was revoked; run: npx --no-install webex-token/,
  ],
  ['an overloaded login', LOGIN, refusal(429, 'slow down'), 4, /could not log in .* \(429: slow down\); try again/],
  [
    'a sealed server',
    LOGIN,
    refusal(503, 'Vault is sealed'),
    4,
    /sealed; unseal it with "npx --no-install webex-token-v/,
  ],
  [
    'a forbidden credential',
    CREDS,
    refusal(403, 'permission denied'),
    5,
    /may not read credential "testauth": .*; check its name as well, as Vault refuses an unknown name in the same words/,
  ],
  ['wrong ids', LOGIN, refusal(400, 'invalid role or secret ID'), 5, /one of them is wrong, expired or used up/],
  ['a wrong mount', LOGIN, refusal(404, 'no handler for route'), 1, /no auth method is mounted at approle/],
  ['a login without a token', LOGIN, { body: { auth: {} } }, 1, /with something that is not a Vault reply/],
  [
    'a redirect',
    CREDS,
    { status: 301, headers: { location: 'https://x.test/' }, body: {} },
    1,
    /redirect \(301\) to https:\/\/x\.test;/,
  ],
])('webex-token prints one line and exits with the right code for %s', async (_, path, answer, code, line) => {
  vault.answer(path, answer);
  expectLine(await run(['testauth'], APP), code, line);
});
