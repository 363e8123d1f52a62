import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { buildPackages, type Packages } from '../fixtures/packages/packages';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { onTerminal, type Dialog } from '../fixtures/programs/terminal';

/* The package create-webex-token-vault as packed, and the folders that it writes. */

let packages: Packages;
/** The program of the package, as npm unpacks it. */
let program: string;
let home: string;

beforeAll(async () => {
  packages = await buildPackages();
  const unpacked = temporaryFolder();
  await run('tar', ['-xzf', packages.create.tarball, '-C', unpacked]);
  program = join(unpacked, 'package/dist/create.js');
});
beforeEach(() => {
  home = temporaryFolder();
});

function create(...args: string[]) {
  return run(process.execPath, [program, ...args], { cwd: home, env: { PATH: process.env.PATH } });
}

function asked(args: readonly string[], dialog: Dialog) {
  return onTerminal([process.execPath, program, ...args], {}, dialog, { cwd: home });
}

const written = (folder: string, name: string): string => readFileSync(join(home, folder, name), 'utf8');

it('the package is one file beside its papers, and has no dependencies', () => {
  expect(packages.create.files).toEqual(['LICENSE', 'README.md', 'dist/create.js', 'package.json']);
  const manifest = readFileSync(join(program, '../../package.json'), 'utf8');
  expect(JSON.parse(manifest)).not.toHaveProperty('dependencies');
});

it('the help and the version are printed, and nothing is written', async () => {
  const { version } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as { version: string };
  expect(await create('--version')).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  expect((await create('--help')).stdout).toMatch(/^Usage: npm create webex-token-vault /);
  expect(readdirSync(home)).toEqual([]);
});

describe('without a terminal', () => {
  it('nothing is asked, and the next commands are printed', async () => {
    const { exitCode, stdout } = await create('my-grants');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `my-grants has package.json, .gitignore, deployment.ts, README.md.

Next:
  cd my-grants
  npm install
  export PATH="$PWD/node_modules/.bin:$PATH"
  webex-token-vault list
`,
    );
  });

  it('the current folder is taken if it is empty, and has the name of a package', async () => {
    const here = join(home, 'here');
    mkdirSync(here);
    const { stdout } = await run(process.execPath, [program, '.', '--yes'], { cwd: here });
    expect(stdout).not.toContain('cd ');
    expect(JSON.parse(written('here', 'package.json'))).toMatchObject({ name: 'here' });
  });

  it.each([
    ['a folder that is not empty', ['full'], 1, /^error: full is not empty, because it has mine; name a folder .*\n$/],
    ['a file', ['full/mine'], 1, /^error: full\/mine is a file; name a folder that is new or empty\n$/],
    [
      'a name that npm refuses',
      ['My Grants'],
      2,
      /^error: npm refuses "My Grants" as the name of a package; name .*\n$/,
    ],
    [
      'an unknown option',
      ['--force'],
      2,
      /^error: Unknown option '--force'; see npm create webex-token-vault -- --help\n$/,
    ],
  ])('%s is refused in one line', async (_, args, exitCode, message) => {
    mkdirSync(join(home, 'full'));
    writeFileSync(join(home, 'full/mine'), '');
    expect(await create(...args, '--yes')).toEqual({
      exitCode,
      stdout: '',
      stderr: expect.stringMatching(message) as string,
    });
    expect(readdirSync(home)).toEqual(['full']);
  });

  it('a folder without the right to write is refused in one line', async () => {
    const locked = join(home, 'locked');
    mkdirSync(locked, { mode: 0o555 });
    chmodSync(home, 0o755);
    const readable = join(home, 'create.js');
    cpSync(program, readable);
    // Root may write anywhere, so nobody runs the program for it.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const child = spawn(process.execPath, [readable, 'locked/my-grants', '--yes'], { cwd: home, ...nobody });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child, 'close');
    expect(stderr).toBe('error: you may not write locked/my-grants (EACCES); name a folder where you may write\n');
    expect(readdirSync(locked)).toEqual([]);
  });

  it('one of two runs at once gets the folder, and its files are whole', async () => {
    const runs = await Promise.all([
      create('twice', '--owner', 'a@example.com'),
      create('twice', '--owner', 'b@example.com'),
    ]);
    const [won, lost] = runs.sort((one, other) => one.exitCode - other.exitCode);
    expect([won.exitCode, lost.exitCode]).toEqual([0, 1]);
    expect(lost.stderr).toMatch(/^error: twice is not empty/);
    expect(readdirSync(join(home, 'twice')).sort()).toEqual([
      '.gitignore',
      'README.md',
      'deployment.ts',
      'package.json',
    ]);
  });
});

describe('on a terminal', () => {
  it('the folder, the Vault and the owner are asked for until each answer is right', async () => {
    const { exitCode, screen } = await asked(
      [],
      [
        ['Folder (webex-grants): ', 'No Name'],
        ['npm refuses "No Name" as the name of a package', 'my-grants'],
        ['Address of your Vault (Enter: a trial server in a container here): ', 'vault.example.com'],
        ['write it like https://vault.example.com:8200', 'https://vault.example.com:8200'],
        ['Email of the only account that may consent (Enter: any): ', 'ada@example.com'],
      ],
    );
    expect(screen).toContain('webex-token-vault list');
    expect(exitCode).toBe(0);
    expect(written('my-grants', 'deployment.ts')).toContain("address: 'https://vault.example.com:8200'");
    expect(written('my-grants', 'deployment.ts')).toContain("owner: 'ada@example.com'");
  });

  it('nothing is asked that the command line gives, and nothing at all with --yes', async () => {
    const { screen } = await asked(['one', '--owner', 'ada@example.com'], [['Address', '']]);
    expect(screen).not.toMatch(/Folder|Email/);
    expect((await asked(['--yes'], [])).exitCode).toBe(0);
    expect(readdirSync(home).sort()).toEqual(['one', 'webex-grants']);
  });

  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('%s ends it, and nothing was written', async (_, key) => {
    const { exitCode, screen } = await asked(['my-grants'], [['Address', key]]);
    expect(screen).toContain('interrupted; nothing was written');
    expect(exitCode).toBe(130);
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('a folder that was written', () => {
  /** Types lines in the folder, as a person who followed the printed steps. */
  function shell(folder: string, lines: string) {
    return run('bash', ['-e', '-c', `export PATH="$PWD/node_modules/.bin:$PATH"\n${lines}`], {
      cwd: join(home, folder),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, WEBEX_CLIENT_ID: 'C0ffee' },
    });
  }

  it('the folder installs, and its programs run by their names', async () => {
    await create('my-grants', '--vault', 'https://vault.example.com:8200', '--owner', 'ada@example.com');
    const { exitCode, stderr } = await run(
      'npm',
      [
        'install',
        '--ignore-scripts',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        packages.vault.tarball,
        packages.client.tarball,
      ],
      { cwd: join(home, 'my-grants') },
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(home, 'my-grants/package-lock.json'))).toBe(true);

    const listed = await shell('my-grants', 'webex-token-vault list; webex-token --version');
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^server +existing +at https:\/\/vault\.example\.com:8200\n/);
    expect(listed.stdout).toMatch(/^credential +testauth .*ada@example\.com/m);

    // The same answers in YAML declare the same.
    await create('in-yaml', '--vault', 'https://vault.example.com:8200', '--owner', 'ada@example.com', '--yaml');
    rmSync(join(home, 'my-grants/deployment.ts'));
    cpSync(join(home, 'in-yaml/deployment.yaml'), join(home, 'my-grants/deployment.yaml'));
    expect(await shell('my-grants', 'webex-token-vault list; webex-token --version')).toEqual(listed);
    const [, schema = ''] = /\$schema=(\S+)/.exec(written('in-yaml', 'deployment.yaml')) ?? [];
    expect(existsSync(join(home, 'my-grants', schema))).toBe(true);
  });
});

it('npm itself starts no package in a folder whose name is refused', async () => {
  const folder = join(home, 'grünts');
  mkdirSync(folder);
  const { exitCode, stderr } = await run('npm', ['init', '--yes'], { cwd: folder });
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('Invalid name: "grünts"');
  expect((await create('grünts')).stderr).toMatch(/^error: npm refuses "grünts" as the name of a package; /);
});
