import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { OpenBaoServer } from '../../rehearsal/server/openbao';
import { pageText, snippet } from '../fixtures/pages/code-block';
import { helpOfEach } from '../fixtures/programs/help-of-each';
import { describeUnless } from '../fixtures/runs/left-out';
import { PackageUser } from '../fixtures/packages/package-user';
import { buildPackages, type Packages } from '../fixtures/packages/packages';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';
import { WebexEngine } from '../../rehearsal/webex-engine';

/* The published package in a CDKTF project outside a clone. */

const STACK = snippet('docs/tasks/use-in-a-cdktf-project.md', 'stack');

const DEPLOYMENT = `
import { defineDeployment } from 'webex-token-vault/deployment';

const { PLUGIN_SHA256, PLUGIN_COMMAND, WEBEX_CLIENT_ID = 'C0ffee', WEBEX_API_URL, SERVER } = process.env;

export default defineDeployment({
  vault: { address: SERVER ?? 'https://vault.example' },
  webex: { apiUrl: WEBEX_API_URL },
  engine: { plugin: { sha256: PLUGIN_SHA256 ?? 'a'.repeat(64), command: PLUGIN_COMMAND } },
  integrations: [{ name: 'webex-myapp', clientId: WEBEX_CLIENT_ID }],
  credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
  apps: [{ name: 'people-me', reads: ['testauth'] }],
});
`.trim();

const PROVIDERS = ['vault', 'docker', 'helm'].map((name) => `@cdktf/provider-${name}`);

let packages: Packages;
let user: PackageUser;
beforeAll(async () => {
  packages = await buildPackages();
  user = await PackageUser.install(
    [packages.vault, packages.client],
    ['cdktf', 'constructs', ...PROVIDERS, 'tsx', 'typescript', '@types/node'],
  );
  await user.write({ 'stack.ts': STACK, 'deployment.ts': DEPLOYMENT });
});
afterAll(() => user[Symbol.asyncDispose]());

const installed = (path: string): string => join(user.folder, 'node_modules/webex-token-vault', path);

function program(...args: string[]): Promise<FinishedCommand> {
  return user.run('webex-token-vault', args);
}

function synthesize(environment: Record<string, string> = {}): Promise<FinishedCommand> {
  return user.run('tsx', ['stack.ts'], environment);
}

describe('the packed files', () => {
  it('the package contains the compiled code, the program that starts it, the JSON Schema and the monitoring files', () => {
    const others = packages.vault.files.filter((path) => !path.startsWith('dist/'));
    expect(others).toEqual([
      'LICENSE',
      'README.md',
      'docs/reference/deployment.schema.json',
      'monitoring/alerts.yml',
      'monitoring/grafana-dashboard.json',
      'package.json',
      'plugin/go.mod',
      'plugin/go.sum',
      'scripts/webex-token-vault.js',
    ]);
    expect(packages.vault.files.filter((path) => path.startsWith('dist/') && !/\.(?:js|d\.ts)$/.test(path))).toEqual([
      'dist/man/webex-token-vault.1',
      'dist/release.json',
      'dist/sbom.cdx.json',
    ]);
    expect(packages.vault.files.filter((path) => path.startsWith('dist/rehearsal/'))).toEqual([]);
  });

  it('the package names its man page, which a global installation links', () => {
    const { man } = z
      .object({ man: z.array(z.string()) })
      .parse(JSON.parse(readFileSync(installed('package.json'), 'utf8')));
    expect(man.map((path) => packages.vault.files.includes(path.replace('./', '')))).toEqual([true]);
  });

  it('the package declares every package that it loads', () => {
    const { dependencies, peerDependencies } = z
      .object({ dependencies: z.looseObject({}), peerDependencies: z.looseObject({}) })
      .parse(JSON.parse(readFileSync(installed('package.json'), 'utf8')));
    const needed = packages.vault.files
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) => [
        ...readFileSync(installed(path), 'utf8').matchAll(/(?<![#.\w])(?:require|import)\(["']([^."'][^"']*)["']\)/g),
      ])
      .map(([, module = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? '')
      .filter((name) => !/^(?:node:|#)/.test(name) && !builtinModules.includes(name));
    const named = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect([...new Set(needed)].filter((name) => !named.includes(name))).toEqual([]);
    expect(needed).toContain('zod');
    expect(needed).not.toContain('webex-token-client');
  });

  it('the package exports only its entries', async () => {
    const inside = await user.run('node', ['-e', "require('webex-token-vault/dist/lib/vault/vault-client.js')"]);
    expect(inside.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    const imported = await user.run('node', [
      '--input-type=module',
      '-e',
      "import * as constructs from 'webex-token-vault'; console.log(Object.keys(constructs.default).sort().join(' '))",
    ]);
    expect(imported.stdout).toBe('VaultServer WebexTokens defineDeployment\n');
  });

  it('the deployment entry loads no CDKTF', async () => {
    const loaded = "require('webex-token-vault/deployment'); console.log(Object.keys(require.cache).join(' '))";
    const { stdout } = await user.run('node', ['-e', loaded]);
    expect(stdout).toContain('webex-token-vault');
    expect(stdout).not.toMatch(/node_modules\/(?:cdktf|constructs|@cdktf)\//);
  });
});

describe('in another project', () => {
  it('the line of the pages puts both programs on PATH, and messages then name the program alone', async () => {
    const lines = `${snippet('docs/README.md', 'path')}webex-token-vault revoke; webex-token --version`;
    const { stdout, stderr } = await run('bash', ['-c', lines], {
      cwd: user.folder,
      env: { PATH: process.env.PATH, HOME: user.folder },
    });
    expect(stderr).toBe("error: missing required argument 'credential'; see webex-token-vault revoke --help\n");
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    // One run checks the types of every package, including this one.
    ['nodenext', 'nodenext', 'false'],
    ['esnext', 'bundler', 'true'],
  ])(
    'a project with the package compiles as module %s under resolution %s',
    async (module, resolution, skipLibCheck) => {
      const options = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck', skipLibCheck];
      const resolved = ['--module', module, '--moduleResolution', resolution];
      const { exitCode, stdout } = await user.run('tsc', [...options, ...resolved, 'stack.ts']);
      expect(stdout).toBe('');
      expect(exitCode).toBe(0);
    },
  );

  it('a stack in another project synthesizes with its state there, and contains no path of this machine', async () => {
    expect(await synthesize()).toMatchObject({ exitCode: 0 });
    const stack = await user.read('cdktf.out/stacks/webex-tokens/cdk.tf.json');
    expect(stack).toContain(
      '"node ../../../node_modules/webex-token-vault/scripts/webex-token-vault.js internal write-entry write"',
    );
    expect(stack).toContain('"../../../terraform.webex-tokens.tfstate"');
    expect(stack).not.toContain(user.folder);
  });
});

describe('a CDKTF project as docs/tasks/use-in-a-cdktf-project.md writes it', () => {
  const declared = snippet('docs/tasks/use-in-a-cdktf-project.md', 'deployment').replace(
    "'...'",
    `'${'a'.repeat(64)}'`,
  );
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(user.folder, 'page-'));
  });

  /** Runs the program of the project, as CDKTF's CLI does. */
  async function synthesizePage(main: string, deployment: string): Promise<string[]> {
    await writeFile(join(folder, 'main.ts'), main);
    await writeFile(join(folder, 'deployment.ts'), deployment);
    const { app } = z
      .object({ app: z.string() })
      .parse(JSON.parse(snippet('docs/tasks/use-in-a-cdktf-project.md', 'cdktf-json')));
    expect(await user.run('bash', ['-c', app], { WEBEX_CLIENT_ID: 'C0ffee' }, folder)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    return synthesized();
  }

  const synthesized = (): string[] => readdirSync(join(folder, 'cdktf.out/stacks')).sort();

  it('both stacks are synthesized, and the own one reads the state of the other', async () => {
    expect(await synthesizePage(STACK, declared)).toEqual(['own', 'webex-tokens']);
    const [tokens, own] = ['webex-tokens', 'own'].map((stack) =>
      readFileSync(join(folder, 'cdktf.out/stacks', stack, 'cdk.tf.json'), 'utf8'),
    );
    const [path = ''] = /(?:\.\.\/)+terraform\.webex-tokens\.tfstate/.exec(tokens ?? '') ?? [];
    expect(path).not.toBe('');
    expect(own).toContain(`"path": "${path}"`);
  });

  it('the commands refuse the own stack, and leave its folder', async () => {
    await synthesizePage(STACK, declared);
    const environment = { WEBEX_CLIENT_ID: 'C0ffee', TERRAFORM_BINARY_NAME: '/nonexistent/terraform' };
    const deploy = (stack: string) => user.run('webex-token-vault', ['deploy', stack, '--yes'], environment, folder);
    expect(await deploy('own')).toMatchObject({
      exitCode: 2,
      stderr: 'error: the deployment has no stack "own"; name one of "webex-tokens"\n',
    });
    // The stack is synthesized before Terraform is looked for.
    expect((await deploy('webex-tokens')).stderr).toContain('/nonexistent/terraform');
    expect(synthesized()).toEqual(['own', 'webex-tokens']);
    const { stacks } = z
      .object({ stacks: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync(join(folder, 'cdktf.out/manifest.json'), 'utf8')));
    expect(Object.keys(stacks)).toEqual(['webex-tokens']);
  });

  it('a declared server is a stack before the other one', async () => {
    const server = declared.replace("{ address: 'https://vault.example.com' }", "{ server: { mode: 'dev' } }");
    const main = snippet('docs/tasks/use-in-a-cdktf-project.md', 'server');
    // Any program stands for the plugin, because nothing runs it.
    const own = `engine: { plugin: { path: '${process.execPath}' } }`;
    expect(await synthesizePage(main, server.replace(/engine: .*}/, own))).toEqual(['vault-server', 'webex-tokens']);
  });

  it('the package exports the constructs of the page, and no other', () => {
    const page = pageText('docs/tasks/use-in-a-cdktf-project.md');
    const named = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(['VaultServer', 'WebexTokens', 'defineDeployment']);
  });
});

describeUnless(terraformUnavailable())('the stack of that project', () => {
  let server: OpenBaoServer;
  let engine: WebexEngine;

  beforeAll(async () => {
    engine = await WebexEngine.start();
    server = await OpenBaoServer.start();
  });
  afterAll(async () => {
    await server.stop();
    await engine[Symbol.asyncDispose]();
  });

  function terraform(...args: string[]): Promise<FinishedCommand> {
    const environment = {
      CHECKPOINT_DISABLE: '1',
      VAULT_ADDR: server.address,
      VAULT_TOKEN: server.rootToken,
      TF_VAR_webex_myapp_client_secret: engine.clientSecret,
    };
    const folder = join(user.folder, 'cdktf.out/stacks/webex-tokens');
    return user.run(process.env.TERRAFORM_BINARY_NAME ?? 'terraform', args, environment, folder);
  }

  it("Terraform applies the stack of another project, and the package's program writes its secret", async () => {
    const { sha256, command } = await engine.registration();
    await synthesize({
      SERVER: server.address,
      PLUGIN_SHA256: sha256,
      PLUGIN_COMMAND: command,
      WEBEX_CLIENT_ID: engine.declaration.integrations[0]?.clientId ?? '',
      WEBEX_API_URL: engine.webex.apiUrl,
    });
    expect(await terraform('init', '-input=false')).toMatchObject({ exitCode: 0 });
    expect(await terraform('apply', '-input=false', '-auto-approve')).toMatchObject({ exitCode: 0 });
    const { admin } = server;
    await engine.authorize(admin, 'testauth');
    await expect(engine.isAccepted(await engine.read(admin, 'testauth'))).resolves.toBe(true);
  });

  it('a second plan has no changes, and the state holds no secret', async () => {
    expect(await terraform('plan', '-input=false', '-detailed-exitcode')).toMatchObject({ exitCode: 0 });
    expect(await user.read('terraform.webex-tokens.tfstate')).not.toContain(engine.clientSecret);
  });
});

describe('the program webex-token-vault', () => {
  it('the program prints its help', async () => {
    const { exitCode, stdout } = await program('--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: webex-token-vault <command>/);
  });

  it('the program has every compiled command', async () => {
    const commands = readdirSync(installed('dist/scripts'))
      .filter((file) => file.endsWith('.js') && file !== 'cli.js')
      .map((file) => file.replace(/\.js$/, ''));
    expect(commands).toContain('authorize');
    // One process prints all helps, because the program starts in the same way for each.
    const { exitCode, stdout, stderr } = await user.run('node', [
      '-e',
      helpOfEach('./node_modules/webex-token-vault/dist/scripts/cli.js'),
      ...commands,
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const helps = stdout.split('\0');
    expect(helps).toEqual(
      commands.map((command) => expect.stringContaining(`Usage: webex-token-vault ${command}`) as string),
    );
  });

  it('the program uses the deployment of the current folder', async () => {
    expect(await program('revoke', 'nobody')).toMatchObject({
      exitCode: 2,
      stderr: 'error: unknown credential "nobody"; the deployment declares "testauth"\n',
    });
  });

  it('the program recognizes an error of the client package by its code', async () => {
    const thrown = "import { NotPermitted } from 'webex-token-client';\nthrow new NotPermitted('it lacks a right');\n";
    await user.write({ 'throws.ts': thrown });
    expect(await program('revoke', 'testauth', '--deployment', 'throws.ts')).toEqual({
      stdout: '',
      stderr: 'error: it lacks a right\n',
      exitCode: 5,
    });
  });

  it('the client package recognizes an error of the program by its code', async () => {
    await user.write({
      'catches.cjs': `const { ExplainedError, hasCode } = require('webex-token-client');
        const { defineDeployment } = require('webex-token-vault/deployment');
        try {
          defineDeployment({});
        } catch (error) {
          console.log(error instanceof ExplainedError, hasCode(error, 'ERR_EXPLAINED'));
        }`,
    });
    expect(await user.run(process.execPath, ['catches.cjs'])).toMatchObject({ stdout: 'false true\n', exitCode: 0 });
  });

  it('the program says in one line that its compiled code is missing', async () => {
    renameSync(installed('dist'), installed('elsewhere'));
    try {
      const { exitCode, stderr } = await program('--help');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^error: \S+cli\.js is missing, so this package webex-token-vault \S+ is incomplete; install it again\n$/,
      );
    } finally {
      renameSync(installed('elsewhere'), installed('dist'));
    }
  });
});
