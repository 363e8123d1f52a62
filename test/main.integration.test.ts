import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../constructs/synthesis';
import { loadDeployment } from '../lib/declaration/files/load-deployment';
import { deploymentInFile } from '../rehearsal/written-deployment';
import { exampleDeployment } from './fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';
import { temporaryFolder } from './fixtures/runs/temporary-folder';

let folder: string;
beforeEach(() => (folder = temporaryFolder()));

function plugin(): string {
  const path = join(folder, 'vault-plugin-secrets-oauthapp');
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
  return path;
}

async function main(
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stderr: string; stacks: string[] }> {
  const out = join(folder, 'out');
  const child = spawn(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: PROJECT_FOLDER,
    env: { PATH: process.env.PATH, CDKTF_OUTDIR: out, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stderr, stacks: code === 0 ? readdirSync(join(out, 'stacks')).sort() : [] };
}

it('main.ts synthesizes a server and its contents, without a path of this machine', async () => {
  const path = plugin();
  expect(await main({ WEBEX_CLIENT_ID: 'C0ffee', OAUTHAPP_PLUGIN: path })).toEqual({
    code: 0,
    stderr: '',
    stacks: ['vault-server', 'webex-tokens'],
  });
  const tokens = readFileSync(join(folder, 'out/stacks/webex-tokens/cdk.tf.json'), 'utf8');
  expect(tokens).toContain(createHash('sha256').update(readFileSync(path)).digest('hex'));
  expect(tokens).not.toContain(`"${folder}`);
  expect(tokens).not.toContain(`"${PROJECT_FOLDER}`);
});

it('main.ts gives CDKTF the stacks that the program deploys, in the same order', async () => {
  const server = { mode: 'kubernetes', pluginImage: 'registry.example/oauthapp:3.1.1' } as const;
  const environment = deploymentInFile(folder, exampleDeployment({ vault: { server } }));
  await main(environment);
  const { deployment, ...place } = await loadDeployment(environment.DEPLOYMENT ?? '');
  const stacks = synthesize(deployment, { ...place, output: join(folder, 'program') });
  expect(stacks.map(({ name }) => name)).toEqual(['vault-server', 'webex-tokens']);
  for (const { name, folder: stack } of stacks) {
    const ours = readFileSync(join(folder, 'out/stacks', name, 'cdk.tf.json'), 'utf8');
    expect(withoutPlaces(ours)).toEqual(withoutPlaces(readFileSync(join(stack, 'cdk.tf.json'), 'utf8')));
  }
  const { stacks: written } = JSON.parse(readFileSync(join(folder, 'out/manifest.json'), 'utf8')) as {
    stacks: Record<string, { dependencies: string[] }>;
  };
  expect(written['webex-tokens']?.dependencies).toEqual(['vault-server']);
});

/** Removes CDKTF's notes about the origin of each construct. */
function withoutPlaces(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => (key === '//' ? undefined : value));
}

it('main.ts hides no warning except the one that cdktf causes', async () => {
  const preload = join(folder, 'preload.cjs');
  writeFileSync(preload, "process.emitWarning('another', 'DeprecationWarning', 'DEP0000');");
  const { stderr } = await main({
    ...deploymentInFile(folder, exampleDeployment()),
    NODE_OPTIONS: `--require=${preload}`,
  });
  // Node 20 also loads the file in tsx's thread.
  expect(new Set(stderr.match(/DEP\d+/g))).toEqual(new Set(['DEP0000']));
});

it('main.ts has no server stack if a server exists', async () => {
  expect(await main(deploymentInFile(folder, exampleDeployment()))).toMatchObject({
    code: 0,
    stacks: ['webex-tokens'],
  });
});

it.each<[string, () => NodeJS.ProcessEnv, string]>([
  [
    'a missing client id',
    () => ({ OAUTHAPP_PLUGIN: plugin() }),
    'integration "webex-myapp" has no clientId in deployment.ts; copy it',
  ],
  [
    'a missing plugin',
    () => ({ WEBEX_CLIENT_ID: 'C0ffee', OAUTHAPP_PLUGIN: '/nowhere/oauthapp' }),
    'no plugin binary at /nowhere/oauthapp; get it by',
  ],
  ['an invalid deployment', () => ({ WEBEX_CLIENT_ID: '', OAUTHAPP_PLUGIN: plugin() }), 'deployment.ts: integrations'],
])('ends with one line on %s', async (_, environment, message) => {
  const { code, stderr } = await main(environment());
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});
