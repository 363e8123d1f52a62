import { rmSync, statSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { PackageUser } from '../fixtures/packages/package-user';
import { buildPackages, type Packages } from '../fixtures/packages/packages';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { credentialAnswer, ScriptedVault } from '../fixtures/loopback/scripted-vault';

/* The published package in an app outside a clone. */

const MODULE = `
import { NotAuthorizedYet, tokenSourceFromEnvironment, TokenSource, WebexFetch } from 'webex-token-client';
import { z } from 'zod';

await using tokens: TokenSource = tokenSourceFromEnvironment('testauth');
const webex = new WebexFetch({ tokens, retry: { attempts: 2 } });
const person = z.object({ displayName: z.string(), created: z.string().transform((text) => new Date(text)) });
const { displayName, created } = await webex.json('https://webexapis.com/v1/people/me', person);
const name: string = displayName;
const year: number = created.getFullYear();
// @ts-expect-error: the schema says what it is
const wrong: number = displayName;
const response: Response = await webex.fetch('https://webexapis.com/', { signal: AbortSignal.timeout(1000) });
const expires: Date | undefined = (await tokens.token()).expireTime;
const kinds: (new (credential: string) => Error)[] = [NotAuthorizedYet];
export default [name, year, wrong, response, expires, kinds];
`;

const COMMONJS = `
import client = require('webex-token-client');

const server = { address: 'https://vault.example', credential: 'testauth' };
const options: client.TokenSourceOptions = { ...server, roleId: 'r', secretId: 's' };
const pod: client.TokenSourceOptions = { ...server, kubernetes: { role: 'people-me' } };
const jwt: client.LoginIdentity = { jwt: { role: 'people-me', token: () => 'token' } };
// @ts-expect-error: two identities
const two: client.TokenSourceOptions = { ...server, roleId: 'r', kubernetes: { role: 'people-me' } };
const connection = new client.VaultConnection(server);
const logins: client.VaultLogin[] = [pod, jwt, two].map((each) => client.loginAs(connection, each));
const tokens = new client.TokenSource(options);
export = { tokens, logins };
`;

const COMPILER = {
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
  types: ['node'],
  typeRoots: [join(PROJECT_FOLDER, 'node_modules/@types')],
};

/** Prints the token, and whether `import` and `require` give the same classes. */
const BOTH = `
  const kinds = ['ExplainedError', 'NotAuthorizedYet', 'TokenSource', 'VaultConnection', 'WebexFetch'];
  console.log(kinds.every((kind) => required[kind] === imported[kind]));
  const missing = await required.tokenSourceFromEnvironment('missing').token().catch((error) => error);
  console.log(missing instanceof imported.NotAuthorizedYet, missing instanceof imported.ExplainedError);
  const tokens = imported.tokenSourceFromEnvironment('testauth');
  console.log((await tokens.token()).accessToken);
  await tokens[Symbol.asyncDispose]();
`;

let packages: Packages;
let user: PackageUser;
let vault: ScriptedVault;
let app: Readonly<Record<string, string>>;

beforeAll(async () => {
  packages = await buildPackages();
  user = await PackageUser.install([packages.client], []);
  vault = await ScriptedVault.start();
  vault.answer('oauthapp/creds/testauth', credentialAnswer('the-access-token', new Date('2030-01-02T03:04:05Z')));
  app = { VAULT_ADDR: vault.address, VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' };
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
  await user[Symbol.asyncDispose]();
});

describe('its size', () => {
  it('the package is at most 120 kB packed', () => {
    expect(statSync(packages.client.tarball).size).toBeLessThanOrEqual(120_000);
  });

  it('the package and its dependencies are at most 3 MB installed', async () => {
    const installed = join(user.folder, 'node_modules');
    const files = await readdir(installed, { recursive: true, withFileTypes: true });
    const bytes = files
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(3 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(100 * 1024);
  });

  it('the package contains the promised files and no sources', () => {
    const { files } = packages.client;
    const needed = [
      'LICENSE',
      'README.md',
      'bin/webex-token.js',
      'dist/index.d.mts',
      'dist/proxy.js',
      'dist/types/client/src/index.d.ts',
      'dist/man/webex-token.1',
      'dist/sbom.cdx.json',
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(files.filter((file) => /^src\/|\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });
});

describe('an error that nobody catches', () => {
  const program = "new (require('webex-token-client').TokenSource)({ address: 'http://127.0.0.1:1' })";

  it('an uncaught error names its source file by the source map', async () => {
    const { stderr } = await user.run(process.execPath, ['--enable-source-maps', '-e', program]);
    expect(stderr).toMatch(/client\/src\/login\/login-identity\.ts:\d+/);
  });

  it('an uncaught error shows a short source line', async () => {
    const { stderr } = await user.run(process.execPath, ['-e', program]);
    const [, line = ''] = /client\.js:\d+\n(.*)\n/.exec(stderr) ?? [];
    expect(stderr).toContain('give exactly one of roleId, jwt, kubernetes and cert');
    expect(line).toContain('throw new TypeError');
    expect(line.length).toBeLessThan(120);
  });
});

describe('a TypeScript program', () => {
  beforeAll(() => symlinkSync(join(PROJECT_FOLDER, 'node_modules/zod'), join(user.folder, 'node_modules/zod')));
  afterAll(() => rmSync(join(user.folder, 'node_modules/zod')));

  async function compile(module: string, resolution: string, files: Readonly<Record<string, string>>): Promise<string> {
    const compilerOptions = { ...COMPILER, module, moduleResolution: resolution };
    const tsconfig = JSON.stringify({ compilerOptions, files: Object.keys(files) });
    await user.write({ ...files, 'tsconfig.json': tsconfig });
    const tsc = join(PROJECT_FOLDER, 'node_modules/typescript/bin/tsc');
    return (await user.run(process.execPath, [tsc, '-p', '.'])).stdout;
  }

  it('a TypeScript program finds only the exported types under nodenext, by import and by require', async () => {
    const deep = "import { TokenSource } from 'webex-token-client/dist/token-source';\nexport default TokenSource;\n";
    const said = await compile('nodenext', 'nodenext', { 'app.mts': MODULE, 'app.cts': COMMONJS, 'deep.mts': deep });
    const errors = said.match(/^\S.*/gm);
    expect(errors).toEqual([expect.stringMatching(/^deep\.mts\(1,\d+\): error TS2307: Cannot find module/)]);
  });

  it('a TypeScript program finds the types under bundler', async () => {
    expect(await compile('esnext', 'bundler', { 'app.mts': MODULE })).toBe('');
  });
});

describe('a JavaScript program', () => {
  it.each([
    [
      'CommonJS',
      'app.cjs',
      `const required = require('webex-token-client');
       void (async () => { const imported = await import('webex-token-client'); ${BOTH} })();`,
    ],
    [
      'ESM',
      'app.mjs',
      `import { createRequire } from 'node:module';
       import * as imported from 'webex-token-client';
       const required = createRequire(import.meta.url)('webex-token-client');
       ${BOTH}`,
    ],
  ])(
    'a JavaScript program of %s gets its token, and the same classes by import and require',
    async (_, file, program) => {
      await user.write({ [file]: program });
      const { stdout, stderr, exitCode } = await user.run(process.execPath, [file], app);
      expect([stdout, stderr, exitCode]).toEqual(['true\ntrue true\nthe-access-token\n', '', 0]);
    },
  );

  it.each([
    "require('webex-token-client/dist/token-source.js')",
    "require('webex-token-client/bin/webex-token.js')",
    "import('webex-token-client/dist/index.js').catch((error) => { throw error; })",
  ])('a JavaScript program can load only the exports: %s', async (line) => {
    const { exitCode, stderr } = await user.run(process.execPath, ['-e', line]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

describe('the command', () => {
  it('the command prints its version', async () => {
    const { stdout, exitCode } = await user.run('npx', ['--no-install', 'webex-token', '--version']);
    expect([stdout, exitCode]).toEqual(['0.1.0\n', 0]);
  });

  it('the command prints the token', async () => {
    const { stdout, exitCode } = await user.run('npx', ['--no-install', 'webex-token', 'testauth'], app);
    expect([stdout, exitCode]).toEqual(['the-access-token\n', 0]);
  });

  it('the command runs another command with the token', async () => {
    const args = ['exec', 'testauth', '--', 'sh', '-c', 'echo "$WEBEX_ACCESS_TOKEN"; exit 7'];
    expect(await user.run('webex-token', args, app)).toEqual({ stdout: 'the-access-token\n', stderr: '', exitCode: 7 });
  });

  it('the command forwards requests with the token', async () => {
    const webex = await RecordingServer.start();
    const at = join(user.folder, 'webex.sock');
    const program = `
      const { spawn } = require('node:child_process');
      const { request } = require('node:http');
      const proxy = spawn('webex-token', ['proxy', 'testauth', '--upstream', process.env.UPSTREAM, '--socket', '${at}']);
      proxy.stdout.pipe(process.stdout);
      proxy.stderr.once('data', () =>
        request({ socketPath: '${at}', path: '/v1/people/me' }, (answer) =>
          answer.resume().once('end', () => proxy.kill())).end());
      proxy.once('exit', (code) => (process.exitCode = code));`;
    await user.write({ 'proxied.cjs': program });
    const { stdout, exitCode } = await user.run(process.execPath, ['proxied.cjs'], { ...app, UPSTREAM: webex.address });
    await webex[Symbol.asyncDispose]();
    expect(JSON.parse(stdout)).toMatchObject({ credential: 'testauth', path: '/v1/people/me', status: 200 });
    expect(webex.requests[0]?.headers.authorization).toBe('Bearer the-access-token');
    expect(exitCode).toBe(0);
  });

  it('the start of the command does not load the proxy', async () => {
    const loaded =
      "process.on('exit', () => console.log(Object.keys(require.cache).some((file) => /proxy\\.js$/.test(file))))";
    await user.write({ 'watch.cjs': loaded });
    const env = { ...app, NODE_OPTIONS: `--require ${join(user.folder, 'watch.cjs')}` };
    const { stdout } = await user.run('webex-token', ['testauth'], env);
    expect(stdout).toBe('the-access-token\nfalse\n');
  });

  it('the command uses a proxy, and reports in one line that the proxy is unreachable', async () => {
    const env = { ...app, VAULT_ADDR: 'https://vault.test', HTTPS_PROXY: 'http://user:hush@127.0.0.1:1' };
    expect(await user.run('webex-token', ['testauth'], env)).toEqual({
      stdout: '',
      stderr:
        'error: no answer from Vault at https://vault.test (ECONNREFUSED of the proxy); check HTTPS_PROXY, and NO_PROXY for servers that are reached without it\n',
      exitCode: 4,
    });
  });

  it('the command reports in one line that its package is incomplete', async () => {
    rmSync(join(user.folder, 'node_modules/webex-token-client/dist/client.js'));
    const { stdout, stderr, exitCode } = await user.run('webex-token', ['testauth'], app);
    expect([stdout, exitCode]).toEqual(['', 1]);
    expect(stderr).toMatch(/^error: \S+client\.js is missing, so this package is incomplete; install [^\n]+\n$/);
  });
});
