import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../lib/process/child-process';
import { PROJECT_FOLDER } from './fixtures/declaration';
import { describeUnless } from './fixtures/left-out';

/*
 * CDKTF is archived. Its successor, cdktn, has to make the same JSON of the same sources, so that the way out stays open:
 * deployment.ts and the examples, from two folders that differ in this package alone.
 */

const SUCCESSOR = 'cdktn@0.24.0';

const SOURCES = [
  'client',
  'constructs',
  'deployment.ts',
  'examples',
  'lib',
  'monitoring',
  'package.json',
  'tsconfig.json',
];
/** In examples/environment.ts is what two of them have in common. */
const EXAMPLES = readdirSync(join(PROJECT_FOLDER, 'examples')).filter((name) => name !== 'environment.ts');
const DEPLOYMENTS = ['deployment.ts', ...EXAMPLES.map((name) => `examples/${name}`)];

const SYNTHESIZE_ALL = `
import { synthesize } from './constructs/synthesis';
import { loadDeployment } from './lib/declaration/load-deployment';

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

const home = mkdtempSync(join(tmpdir(), 'successor-'));
/** Only its bytes count, and its path, which has to be the same in both. */
const PLUGIN = join(home, 'oauthapp');
writeFileSync(PLUGIN, '#!/bin/sh\n', { mode: 0o755 });
afterAll(() => rmSync(home, { recursive: true }));

describeUnless(successorUnavailable())(`${SUCCESSOR} in place of cdktf`, () => {
  let present: Map<string, unknown>;
  let future: Map<string, unknown>;

  beforeAll(async () => {
    [present, future] = await Promise.all([synthesized('present'), synthesized('future')]);
  });

  test('is what made the second half', () => {
    expect([...new Set([...present.values()].map(version))]).toEqual(['0.21.0']);
    expect([...new Set([...future.values()].map(version))]).toEqual([SUCCESSOR.replace('cdktn@', '')]);
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

/** Why it cannot be installed here; undefined where it was. */
function successorUnavailable(): string | undefined {
  const folder = join(home, 'future');
  mkdirSync(folder);
  const args = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--legacy-peer-deps'];
  // A registry that does not answer at once is not waited for.
  args.push(
    '--prefix',
    folder,
    '--no-package-lock',
    '--no-save',
    '--fetch-retries=0',
    '--fetch-timeout=20000',
    `cdktf@npm:${SUCCESSOR}`,
  );
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? undefined : `npm cannot install ${SUCCESSOR}: ${stderr.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
}

/** By links, which Node is told to take for what they stand for: so the providers find the cdktf beside them, too. */
async function synthesized(name: 'present' | 'future'): Promise<Map<string, unknown>> {
  const folder = join(home, name);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  const there = readdirSync(modules);
  for (const installed of readdirSync(join(PROJECT_FOLDER, 'node_modules')).filter((each) => !there.includes(each))) {
    const target =
      installed === 'webex-token-client' ? join(folder, 'client') : join(PROJECT_FOLDER, 'node_modules', installed);
    symlinkSync(target, join(modules, installed));
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
