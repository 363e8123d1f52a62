import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../lib/processes/child-process';
import { PackageLock } from '../release/package-lock';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';
import { describeUnless } from './fixtures/runs/left-out';
import { PackageUser } from './fixtures/packages/package-user';
import { buildPackages } from './fixtures/packages/packages';
import { snippet } from './fixtures/pages/code-block';
import { temporaryFolder } from './fixtures/runs/temporary-folder';

/*
 * CDKTF is archived. docs/tasks/cdk-terrain.md describes the installation of its successor. These tests type the commands of that
 * page. They compare the JSON of deployment.ts and of the examples between two folders, which differ only in cdktf and
 * constructs.
 */

const SUCCESSOR = 'cdktn@0.24.0';
const VERSION = SUCCESSOR.replace('cdktn@', '');
/** npm gives up on a registry that does not answer at once. */
const IMPATIENT = ['--prefer-offline', '--fetch-retries=0', '--fetch-timeout=20000'];

const SOURCES = [
  'client',
  'constructs',
  'core',
  'deployment.ts',
  'examples',
  'lib',
  'monitoring',
  'package.json',
  'tsconfig.json',
];
const EXAMPLES = readdirSync(join(PROJECT_FOLDER, 'examples')).filter((name) => name.endsWith('.ts'));
const DEPLOYMENTS = ['deployment.ts', ...EXAMPLES.map((name) => `examples/${name}`)];

const SYNTHESIZE_ALL = `
import { synthesize } from './constructs/synthesis';
import { loadDeployment } from './lib/declaration/files/load-deployment';

async function main() {
  for (const file of process.argv.slice(2)) {
    const { deployment, folder, name } = await loadDeployment(file);
    // Where an example leaves it to its reader.
    const integrations = deployment.integrations.map((each) => ({ ...each, clientId: each.clientId ?? 'C0ffee' }));
    synthesize({ ...deployment, integrations }, { folder, name, output: file.replace(/^.*[/]|[.]ts$/g, '') + '.out' });
  }
}
void main();
`;

const home = temporaryFolder();
/** Only the bytes and the path of the plugin count. The path has to be the same in both folders. */
const PLUGIN = join(home, 'oauthapp');
writeFileSync(PLUGIN, '#!/bin/sh\n', { mode: 0o755 });

describeUnless(successorUnavailable())(`${SUCCESSOR} in place of cdktf`, () => {
  let user: PackageUser;
  let present: Map<string, unknown>;
  let future: Map<string, unknown>;

  beforeAll(async () => {
    const { vault, client } = await buildPackages();
    const providers = ['vault', 'docker', 'helm'].map((name) => `@cdktf/provider-${name}`);
    user = await PackageUser.install([vault, client], ['cdktf', 'constructs', ...providers]);
    await type(user.folder, snippet('docs/tasks/cdk-terrain.md', 'own-project'));
    [present, future] = await Promise.all([
      synthesized('present', []),
      synthesized('future', [join(user.folder, 'node_modules')]),
    ]);
  });
  afterAll(() => user[Symbol.asyncDispose]());

  test('is installed in a project of its own, which has no package that another one refuses', async () => {
    const { stdout, exitCode } = await user.run('npm', ['ls', '--json', 'cdktf']);
    expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining('invalid')]);
    expect(new PackageLock(join(user.folder, 'package-lock.json')).package('node_modules/cdktf')).toMatchObject({
      name: 'cdktn',
      version: VERSION,
    });
  });

  test('is installed in a clone', async () => {
    const clone = join(home, 'clone');
    const workspaces = ['core', 'client', 'samples', 'rehearsal'].map((name) => `${name}/package.json`);
    for (const file of ['package.json', 'package-lock.json', '.npmrc', ...workspaces]) {
      cpSync(join(PROJECT_FOLDER, file), join(clone, file));
    }
    // Only the resolution can fail on a peer range. The test skips the installation, which takes 300 MB.
    await type(clone, snippet('docs/tasks/cdk-terrain.md', 'clone'), { npm_config_package_lock_only: 'true' });
    const lock = new PackageLock(join(clone, 'package-lock.json'));
    expect(lock.package('node_modules/cdktf')).toMatchObject({ name: 'cdktn', version: VERSION });
  });

  test('is what made the second half', () => {
    expect([...new Set([...present.values()].map(version))]).toEqual(['0.21.0']);
    expect([...new Set([...future.values()].map(version))]).toEqual([VERSION]);
  });

  test('synthesizes every stack of deployment.ts and of the examples', () => {
    expect([...future.keys()]).toEqual([...present.keys()]);
    const deployments = [...present.keys()].map((stack) => stack.replace(/\.out\/.*$/, '.ts'));
    expect([...new Set(deployments)].sort()).toEqual(['deployment.ts', ...EXAMPLES].sort());
  });

  test('makes the same of each, but for its version', () => {
    for (const [stack, json] of present) {
      expect([stack, withoutVersion(future.get(stack))]).toEqual([stack, withoutVersion(json)]);
    }
  });
});

/** Why the registry does not have the package, or undefined. */
function successorUnavailable(): string | undefined {
  const { status, stderr } = spawnSync('npm', ['view', ...IMPATIENT, SUCCESSOR, 'version'], { encoding: 'utf8' });
  return status === 0 ? undefined : `npm does not find ${SUCCESSOR}: ${stderr.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
}

async function type(cwd: string, text: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const settings = { npm_config_ignore_scripts: 'true', npm_config_prefer_offline: 'true', ...env };
  const command = ['-e', '-c', text];
  const { exitCode, stderr } = await run('bash', command, { cwd, env: { ...process.env, ...settings } });
  // npm prints warnings to stderr, too.
  expect(exitCode === 0 ? '' : stderr).toBe('');
}

/**
 * Links the packages into a folder. Node keeps the paths of the links, and the providers therefore find the cdktf
 * beside them.
 */
async function synthesized(name: 'present' | 'future', packages: readonly string[]): Promise<Map<string, unknown>> {
  const folder = join(home, name);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(folder, 'client'), join(modules, 'webex-token-client'));
  for (const from of [...packages, join(PROJECT_FOLDER, 'node_modules')]) {
    const there = readdirSync(modules);
    for (const installed of readdirSync(from).filter((each) => !there.includes(each))) {
      symlinkSync(join(from, installed), join(modules, installed));
    }
  }
  SOURCES.forEach((source) => symlinkSync(join(PROJECT_FOLDER, source), join(folder, source)));
  writeFileSync(join(folder, 'synthesize-all.ts'), SYNTHESIZE_ALL);
  const node = ['--preserve-symlinks', '--preserve-symlinks-main', '--import', 'tsx', 'synthesize-all.ts'];
  const { PATH } = process.env;
  const env = { PATH, HOME: home, OAUTHAPP_PLUGIN: PLUGIN };
  const { exitCode, stderr } = await run(process.execPath, [...node, ...DEPLOYMENTS], { cwd: folder, env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const stacks = readdirSync(folder)
    .filter((each) => each.endsWith('.out'))
    .flatMap((out) => readdirSync(join(folder, out, 'stacks')).map((stack) => join(out, 'stacks', stack)));
  return new Map(
    stacks
      .sort()
      .map((stack) => [stack, JSON.parse(readFileSync(join(folder, stack, 'cdk.tf.json'), 'utf8')) as unknown]),
  );
}

const stackSchema = z.looseObject({ '//': z.object({ metadata: z.looseObject({ version: z.string() }) }) });

function version(stack: unknown): string {
  return stackSchema.parse(stack)['//'].metadata.version;
}

function withoutVersion(stack: unknown): unknown {
  const { '//': comment, ...rest } = stackSchema.parse(stack);
  return { ...rest, '//': { ...comment, metadata: { ...comment.metadata, version: '' } } };
}
