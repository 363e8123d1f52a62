import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeOperatorLogin } from '../../lib/operators/operator-folder';
import { generateToken } from '../../lib/server/keys/root-token';
import type { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../../rehearsal/eventually';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { STARTED_PROGRAM, Script, type ScriptResult } from '../fixtures/programs/script';
import { SERVER_PROGRAM } from '../fixtures/runs/server-product';

const lookup = z.object({ data: z.object({ policies: z.array(z.string()) }) });

let operated: OperatedVault;
let root: VaultClient;
let before: readonly string[];

beforeAll(async () => {
  operated = await OperatedVault.start();
  await operated.init();
  await operated.deploy();
  const administrator = await operated.as('administrator');
  root = administrator.withToken(await generateToken(administrator, 'root token', await operated.keyShares()));
  // It would expire during the tests of a slow machine.
  await administrator.connection.revokeToken();
});
afterAll(() => operated[Symbol.asyncDispose]());

beforeEach(async () => (before = await accessors()));
afterEach(async () => expect(await accessors()).toEqual(before));

/** Accessors of all tokens except wrapping tokens, because an issued wrapping token must outlive the command. */
async function accessors(): Promise<string[]> {
  // Vault refuses the accessor of a wrapping token that expired since the list.
  const tokens = await eventually(async () => Promise.all((await root.list('auth/token/accessors')).map(withPolicies)));
  return tokens.filter((token) => !token.includes('response-wrapping')).sort();
}

async function withPolicies(accessor: string): Promise<string> {
  const { data } = await root.write('auth/token/lookup-accessor', { accessor }, lookup);
  return `${accessor} ${data.policies.join()}`;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Script {
  return new Script('exec', args, { ...operated.environment, WEBEX_TOKEN_VAULT_OPERATORS: operated.operators, ...env });
}

function as(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ScriptResult> {
  return start(args, env).result();
}

/** Variables of an operator's role, with a secret id of another one. */
async function wrapped(other: string, name = 'provisioner'): Promise<Record<string, string>> {
  const { token } = await root.writeWrapped(`auth/operators/role/${other}/secret-id`, {}, 60);
  const roleId = (await readFile(join(operated.operators, `${name}-role-id`), 'utf8')).trim();
  return { VAULT_ROLE_ID: roleId, VAULT_WRAPPED_SECRET_ID: token };
}

const ENDLESS = 'while :; do sleep 0.05; done';

/** Vault's variables in a shell's environment. */
const VARIABLES = `env | grep -E '^(VAULT|BAO)_' | sort`;

it('exec runs the command with a token of the operator, and revokes it afterward', async () => {
  const script = start(['provisioner', '--', 'sh', '-c', 'echo "$VAULT_TOKEN"; read line; exit 3', '--help', '--']);
  const [, token = ''] = await script.prints(/(\S+)\n/);
  const { data } = await root.write('auth/token/lookup', { token }, lookup);
  expect(data.policies).toEqual(['oauthapp-provisioner']);
  const of = (file: string): string => readFileSync(`/proc/${script.child.pid ?? 0}/${file}`, 'utf8');
  expect(of('cmdline') + of('environ')).not.toContain(token);
  expect(await script.result()).toEqual({ exitCode: 3, stdout: `${token}\n`, stderr: '' });
  await expect(root.write('auth/token/lookup', { token }, lookup)).rejects.toThrow(/403|bad token/);
});

it('exec gives the command the server of its login, and no other login', async () => {
  const { VAULT_ADDR = '', VAULT_CACERT = '', ...others } = operated.environment;
  const { stdout } = await new Script(
    'exec',
    ['provisioner', '--operators', operated.operators, '--', 'sh', '-c', VARIABLES],
    {
      ...others,
      BAO_ADDR: VAULT_ADDR,
      VAULT_ADDR: 'https://elsewhere.example',
      BAO_CACERT: VAULT_CACERT,
      BAO_TOKEN: 's.other',
      VAULT_TOKEN: 's.other',
      VAULT_ROLE_ID: 'r',
      VAULT_SECRET_ID: 's',
      BAO_SECRET_ID_FILE: '/none',
      VAULT_WRAPPED_SECRET_ID: 'w',
    },
  ).result();
  expect(stdout.split('\n')).toEqual([
    `VAULT_ADDR=${VAULT_ADDR}`,
    `VAULT_CACERT=${VAULT_CACERT}`,
    expect.stringMatching(/^VAULT_TOKEN=(?!s\.other)\S{20,}$/),
    '',
  ]);
});

it("exec can run the program's own commands, even nested", async () => {
  const home = operated.path('home');
  await mkdir(home);
  await writeFile(join(home, '.vault-token'), 's.root-of-somewhere');
  const command = [process.execPath, STARTED_PROGRAM];
  const issued = await as(['issuer', '--', ...command, 'issue', 'people-me', '--json'], { HOME: home });
  expect(issued).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(issued.stdout)).toMatchObject({ app: 'people-me' });
  const file = operated.path('nested.snap');
  const backup = ['exec', 'backup', '--', ...command, 'backup', 'create', file];
  expect(await as(['provisioner', '--', ...command, ...backup])).toMatchObject({ exitCode: 0 });
  expect((await readFile(file)).length).toBeGreaterThan(1000);
});

describe('without a folder of logins, by the role of the environment', () => {
  /** Runs a command in a folder without `secrets/operators`, which a clone can have. */
  function nowhere(
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ScriptResult> {
    return new Script(name, args, { ...operated.environment, ...env }, operated.server.folder).result();
  }

  it('exec accepts a wrapped secret id from the environment', async () => {
    const args = ['provisioner', '--', 'sh', '-c', VARIABLES];
    const { exitCode, stdout } = await nowhere('exec', args, await wrapped('provisioner'));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^VAULT_TOKEN=\S{20,}$/m);
    expect(stdout).not.toMatch(/ROLE_ID|SECRET_ID/);
  });

  it('exec accepts a secret id from a file that the environment names', async () => {
    const { VAULT_ROLE_ID = '' } = await wrapped('provisioner');
    const env = { VAULT_ROLE_ID, VAULT_SECRET_ID_FILE: join(operated.operators, 'provisioner-secret-id') };
    const login = await nowhere('token', ['provisioner'], env);
    expect(login.exitCode).toBe(0);
    await root.withToken(login.stdout.trim()).connection.revokeToken();
  });

  it('exec refuses a wrapping token of another role and does not unwrap it', async () => {
    const env = await wrapped('issuer');
    const { exitCode, stderr } = await nowhere('exec', ['provisioner', '--', 'true'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: the wrapping token was made by "auth\/operators\/role\/issuer\/secret-id" and not for a secret id of auth\/operators\/role\/provisioner\. .*\n$/,
    );
    const lookUp = root.write('sys/wrapping/lookup', { token: env.VAULT_WRAPPED_SECRET_ID });
    await expect(lookUp).resolves.toBeDefined();
  });

  it("exec ignores the environment's role if a login folder is named", async () => {
    const args = ['provisioner', '--operators', '/none', '--', 'true'];
    const { stderr } = await nowhere('exec', args, await wrapped('provisioner'));
    expect(stderr).toMatch(/^error: no login of operator "provisioner" in \/none; /);
  });

  it('exec says which variables to set if there is no login', async () => {
    const { stderr } = await nowhere('exec', ['provisioner', '--', 'true'], {});
    expect(stderr).toMatch(/^error: no login of operator "provisioner" in .*, or set VAULT_ROLE_ID and .*\n$/);
  });
});

it('exec passes each signal on, and revokes the token after the command ends', async () => {
  const script = start(['provisioner', '--', 'sh', '-c', `trap 'echo got' INT; echo "$VAULT_TOKEN ready"; ${ENDLESS}`]);
  const [, token = ''] = await script.prints(/(\S+) ready/);
  script.child.kill('SIGINT');
  await script.prints(/got\n/);
  await new Promise((resolve) => setTimeout(resolve, 600));
  script.child.kill('SIGINT');
  await script.prints(/got\ngot\n/);
  await expect(root.write('auth/token/lookup', { token }, lookup)).resolves.toBeDefined();
  script.child.kill('SIGQUIT');
  expect(await script.result()).toMatchObject({ exitCode: 131, stderr: '' });
});

it.each([
  ['an unknown operator', ['root', '--', 'true'], 2, /^error: command-argument value 'root' .* are administrator, /],
  ['no command', ['provisioner', '--'], 2, /^error: missing required argument 'command'; see .*\n$/],
  ['no operator', [], 2, /^error: missing required argument 'operator'; see .*\n$/],
])('exec does not run the command if there is %s', async (_, args, code, line) => {
  const { exitCode, stdout, stderr } = await as(args);
  expect(stderr).toMatch(line);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
});

it('exec does not run the command if Vault refuses the login', async () => {
  const folder = operated.path('wrong');
  await mkdir(folder, { mode: 0o700 });
  await writeOperatorLogin(folder, 'provisioner', { roleId: 'r', secretId: 's' });
  const { exitCode, stdout, stderr } = await as(['provisioner', '--operators', folder, '--', 'echo', 'ran']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
  expect(stderr).toMatch(/^error: Vault does not log this operator in\. .*\n$/);
});

describe('the login of other commands', () => {
  const env = (): Record<string, string> => ({ WEBEX_TOKEN_VAULT_OPERATORS: operated.operators });
  const snapshot = (): string => operated.path('a.snap');
  const operators = (): string[] => ['--operators', operated.operators];
  const restore = (shares: string): string[] =>
    ['restore', snapshot(), '--yes', '--key-shares', shares, '--credential', 'testauth'].concat(operators());

  it.each<[string, () => string[], number]>([
    ['backup', () => ['backup', 'create', snapshot()], 0],
    ['backup that cannot be written', () => ['backup', 'create', '/none/a.snap'], 1],
    ['issue', () => ['issue', 'people-me'], 0],
    ['authorize that nobody answers', () => ['authorize', 'testauth', '--no-open', '--timeout', '1s'], 1],
    ['revoke of what is not there', () => ['revoke', 'testauth', '--yes'], 3],
    ['operators update', () => ['operators', 'update', '--key-shares', operated.operators, ...operators()], 0],
    ['operators update without key shares', () => ['operators', 'update', ...operators()], 1],
    ['restore with strange shares', () => restore(operated.path('strangers')), 1],
    ['agent-config', () => ['agent-config', 'people-me', '--out', operated.path('agent')], 0],
    ['unseal', () => ['unseal', '--key-shares', operated.operators], 0],
  ])('the token of the login is revoked after %s', async (_, args, code) => {
    const [command = '', ...rest] = args();
    const strangers = operated.path('strangers');
    await mkdir(strangers, { recursive: true, mode: 0o700 });
    await writeFile(join(strangers, 'key-share-1'), Buffer.alloc(33, 7).toString('base64'), { mode: 0o600 });
    const { exitCode, stderr } = await operated.run(command, rest, env());
    expect({ exitCode, stderr }).toMatchObject({ exitCode: code });
  });

  it('the token of the login is revoked after a backup by a wrapped secret id', async () => {
    const login = await wrapped('backup', 'backup');
    expect(await operated.run('backup create', [operated.path('wrapped.snap')], login)).toMatchObject({ exitCode: 0 });
  });

  it('the token of the login is revoked after a restore whose credential nobody has authorized', async () => {
    const [command = '', ...args] = restore(operated.operators);
    const roleOfAnApp = { VAULT_ROLE_ID: 'of-an-app', VAULT_SECRET_ID: 'of-an-app' };
    expect(await operated.run(command, args, { ...env(), ...roleOfAnApp })).toMatchObject({ exitCode: 3 });
    // The snapshot contains the backup's own token, which is valid again after the restore.
    const alive = (await accessors()).filter((token) => !token.includes('operators-backup'));
    expect(alive).toEqual(before);
    const login = await operated.run('token', ['provisioner'], env());
    expect(login.stderr).toMatch(
      new RegExp(
        `^this token expires at 20\\S+Z; to revoke it earlier, set VAULT_TOKEN to it and run: ${SERVER_PROGRAM} token `,
      ),
    );
    await root.withToken(login.stdout.trim()).connection.revokeToken();
    before = await accessors();
  });
});
