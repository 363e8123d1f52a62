import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { freePort } from '../../lib/processes/free-port';
import { declaredExample, EXAMPLE_FOLDER } from '../fixtures/declarations/declared-example';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { runCommand } from '../fixtures/programs/command-run';
import { PROGRAM } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const NOWHERE = join(tmpdir(), 'no-such-folder', 'file');

describe.each(['authorize', 'revoke'])('%s', (command) => {
  it('the command names the known credentials if it is given an unknown one', async () => {
    const result = await runCommand(command, ['other']);
    expect(result.stderr).toBe('error: unknown credential "other"; the deployment declares "testauth"\n');
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('the command asks for the similar name if it is given a mistyped one', async () => {
    const { exitCode, stderr } = await runCommand(command, ['testaut']);
    expect(stderr).toBe('error: unknown credential "testaut"; did you mean "testauth"?\n');
    expect(exitCode).toBe(2);
  });

  it('the command asks the declared server if VAULT_ADDR is not set', async () => {
    const port = await freePort();
    const declared = declaredExample({ vault: { server: { mode: 'dev', port } } });
    const { exitCode, stderr } = await runCommand(command, ['testauth'], { ...declared, VAULT_TOKEN: 'hush' });
    expect(stderr).toContain(`error: no answer from Vault at http://127.0.0.1:${port} (ECONNREFUSED); `);
    expect(exitCode).toBe(4);
  });
});

it.each([
  [
    'no credential',
    [],
    {},
    2,
    /^error: missing required argument 'credential'; see npx --no-install webex-token-vault revoke --help\n$/,
  ],
  ['an unknown option', ['testauth', '--nonsense'], {}, 2, /^error: unknown option '--nonsense'\n$/],
  [
    'a VAULT_ADDR that is no URL',
    ['testauth'],
    { VAULT_ADDR: 'localhost' },
    1,
    /^error: VAULT_ADDR must be .*"localhost".*\n$/,
  ],
  [
    'no token',
    ['testauth'],
    { VAULT_ADDR: 'http://127.0.0.1:1' },
    5,
    /^error: no Vault token and no login was found; .*\n$/,
  ],
  [
    'a CA file that is not there',
    ['testauth'],
    { VAULT_ADDR: 'https://127.0.0.1:1', VAULT_CACERT: '/none.pem' },
    1,
    /^error: VAULT_CACERT names \/none.pem, which cannot be read \(ENOENT\).*\n$/,
  ],
])('the command reports %s in one line', async (_, args, env, exitCode, line) => {
  const result = await runCommand('revoke', args, env);
  expect(result.stderr).toMatch(line);
  expect(result).toMatchObject({ exitCode, stdout: '' });
});

it('the command reports a server that is not Vault in one line', async () => {
  await using server = await RecordingServer.start((_, response) => response.end('<html>Welcome</html>'));
  const { exitCode, stderr } = await runCommand('revoke', ['testauth'], {
    VAULT_ADDR: server.address,
    VAULT_TOKEN: 'hush',
  });
  expect(stderr).toMatch(/^error: .* with something that is not a Vault reply; .*\n$/);
  expect(exitCode).toBe(1);
});

describe('webex-token-vault', () => {
  it.each([
    [
      'a mistyped command that is asked for help',
      ['nosuch', '--help'],
      /^error: unknown command "nosuch"; see npx --no-install webex-token-vault --help\n$/,
    ],
    ['a mistyped command', ['authorise'], /^error: unknown command 'authorise' \(Did you mean authorize\?\)\n$/],
    [
      'a mistyped option',
      ['revoke', 'testauth', '--yess'],
      /^error: unknown option '--yess' \(Did you mean --yes\?\)\n$/,
    ],
    [
      'a deployment file that is not there',
      ['revoke', 'testauth', '--deployment', 'none.ts'],
      /^error: there is no deployment file none\.ts; /,
    ],
  ])('the program reports %s in one line and exits with 2', async (_, [command = '', ...args], line) => {
    const { exitCode, stdout, stderr } = await runCommand(command, args);
    expect(stderr).toMatch(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('the program uses the deployment that DEPLOYMENT names', async () => {
    const { stderr } = await runCommand('revoke', ['testauth'], { DEPLOYMENT: 'none.ts' });
    expect(stderr).toMatch(/^error: there is no deployment file none\.ts; /);
  });

  it('the program says so if nothing of it was compiled', async () => {
    const file = join(EXAMPLE_FOLDER, 'scripts/webex-token-vault.js');
    mkdirSync(dirname(file));
    copyFileSync(PROGRAM, file);
    writeFileSync(join(EXAMPLE_FOLDER, 'package.json'), '{ "version": "1.2.3" }');
    const { exitCode, stdout, stderr } = await run(process.execPath, [file]);
    expect(stderr).toMatch(
      /^error: \S+cli\.js is missing, so this package webex-token-vault 1\.2\.3 is incomplete; install it again\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});

/** Commands that ask Vault. */
const ASKING: readonly (readonly [command: string, ...args: string[]])[] = [
  ['authorize', 'testauth'],
  ['revoke', 'testauth', '--yes'],
  ['rotate-secret', 'webex-myapp'],
  ['issue', 'people-me'],
  ['backup', 'create', NOWHERE],
  ['restore', NOWHERE, '--yes'],
];

describe('an empty token, as a login that failed leaves it', () => {
  const EMPTY = /^error: (?:VAULT|BAO)_TOKEN is set but empty, as a login that failed leaves it, .*\n$/;
  let home: string;
  beforeAll(() => {
    home = temporaryFolder();
    writeFileSync(join(home, '.vault-token'), 'the-token-of-root');
  });

  it.each([...ASKING, ['operators', 'update']])(
    'the %s command uses no other token in place of an empty one',
    async (command, ...args) => {
      for (const name of ['VAULT_TOKEN', 'BAO_TOKEN']) {
        const env = { HOME: home, VAULT_ADDR: `http://127.0.0.1:${await freePort()}`, [name]: '' };
        const { exitCode, stdout, stderr } = await runCommand(command, args, env);
        expect(stderr).toMatch(EMPTY);
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      }
    },
  );

  it.each([
    ['diff', []],
    ['deploy', ['--yes']],
    ['destroy', ['--auto-approve']],
  ])('the %s command starts no Terraform with an empty token', async (command, options) => {
    for (const name of ['VAULT_TOKEN', 'BAO_TOKEN']) {
      const env = { HOME: home, VAULT_TOKEN: 's.other', [name]: '' };
      const { exitCode, stdout, stderr } = await runCommand(command, ['webex-tokens', ...options], env);
      expect(stderr).toMatch(EMPTY);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    }
  });
});

describe('a password in VAULT_ADDR', () => {
  it.each([
    ...ASKING,
    ['agent-config', 'people-me', '--out', '/nowhere/agent'],
    ['init'],
    ['unseal'],
    ['token', 'issuer'],
    ['exec', 'issuer', '--', 'true'],
    ['diff'],
    ['deploy', '--auto-approve'],
    ['destroy', '--auto-approve'],
  ])('the %s command refuses a password in VAULT_ADDR and does not repeat it', async (command, ...args) => {
    const env = { ...declaredExample(), VAULT_ADDR: 'https://user:hush@vault.test', VAULT_TOKEN: 't' };
    const { exitCode, stdout, stderr } = await runCommand(command, args, env);
    expect(stderr).toMatch(/^error: VAULT_ADDR must hold no user and password, .*; leave them out\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).not.toContain('hush');
  });
});

describe('a remote Vault with a plain HTTP address', () => {
  const VAULT_ADDR = 'http://vault.example.com:8200';
  const REFUSED = `error: ${VAULT_ADDR} would get tokens and secret ids unencrypted over the network; use https`;

  it.each([...ASKING, ['token', 'observer'], ['init', '--operators', NOWHERE], ['unseal'], ['status']])(
    'the %s command refuses plain HTTP to another machine',
    async (command, ...args) => {
      const { exitCode, stdout, stderr } = await runCommand(command, args, { VAULT_ADDR });
      expect(stderr).toBe(`${REFUSED} in VAULT_ADDR, or set VAULT_ALLOW_HTTP=true if a service mesh encrypts\n`);
      // A monitoring check reports UNKNOWN with code 3.
      expect({ exitCode, stdout }).toEqual({ exitCode: command === 'status' ? 3 : 1, stdout: '' });
    },
  );

  it.each([['init', '--operators', NOWHERE], ['unseal'], ['restore', NOWHERE, '--yes']])(
    'the %s command refuses plain HTTP even with VAULT_ALLOW_HTTP',
    async (command, ...args) => {
      const { exitCode, stdout, stderr } = await runCommand(command, args, { VAULT_ADDR, VAULT_ALLOW_HTTP: 'true' });
      expect(stderr).toBe(`${REFUSED}, because VAULT_ALLOW_HTTP does not apply to key shares and root tokens\n`);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    },
  );
});

describe('without a terminal', () => {
  it('destroy starts no plan without a terminal, and does not point to the plan of a deploy', async () => {
    const { exitCode, stdout, stderr } = await runCommand('destroy', ['webex-tokens']);
    expect(stderr).toBe(
      'error: there is no terminal to ask for confirmation; add --yes to destroy without a question, or run this in a terminal to see the deletions first\n',
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each([
    ['deploy', [], 'there is no terminal to ask for confirmation'],
    ['deploy', ['--json'], 'with --json, nobody is asked for confirmation'],
  ])('the command "%s" with %j starts no plan without a terminal for the confirmation', async (command, args, why) => {
    const { exitCode, stdout, stderr } = await runCommand(command, args);
    expect(stderr).toBe(
      `error: ${why}; add --yes to make the changes, or show them with "npx --no-install webex-token-vault diff"\n`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

it.each([
  [
    'deploy',
    ['webex-token'],
    /^error: the deployment has no stack "webex-token"; name one of "vault-server", "webex-tokens"\n$/,
  ],
  ['destroy', ['webex-token'], /^error: the deployment has no stack "webex-token"; /],
  ['deploy', ['--deployment', 'nosuch.ts'], /^error: there is no deployment file nosuch\.ts; /],
])('the command "%s" with %j reports a wrong name before a missing terminal', async (command, args, line) => {
  const { exitCode, stderr } = await runCommand(command, args);
  expect(stderr).toMatch(line);
  expect(exitCode).toBe(2);
});

it('deploy says that there is no Terraform', async () => {
  const env = { ...declaredExample(), PATH: EXAMPLE_FOLDER, CDKTF_OUTDIR: join(EXAMPLE_FOLDER, 'out') };
  const { exitCode, stdout, stderr } = await runCommand('deploy', ['--auto-approve'], env);
  expect(stderr).toBe('error: neither terraform nor tofu is on PATH; install Terraform or OpenTofu, 1.11 or newer\n');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('the program refuses to run if the check of certificates is switched off', async () => {
  const { exitCode, stdout, stderr } = await runCommand('revoke', ['testauth'], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  expect(stderr).toContain(
    'error: NODE_TLS_REJECT_UNAUTHORIZED is 0, which turns the check of certificates off; unset it',
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});
