import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VaultServer } from '../constructs/server/vault-server';
import { WebexTokens } from '../constructs/tokens/webex-tokens';
import { loadDeployment } from '../lib/declaration/files/load-deployment';
import { exampleDeployment, resources, synthesize, testApp } from './fixtures/declarations/declaration';
import { runCommand } from './fixtures/programs/command-run';
import { deploymentInFile } from '../rehearsal/written-deployment';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';
import { temporaryFolder } from './fixtures/runs/temporary-folder';

const EXAMPLES = readdirSync(join(PROJECT_FOLDER, 'examples')).filter((file) => /\.(ts|yaml)$/.test(file));
const environment = process.env;

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
  process.env = { ...environment, ...Object.fromEntries(EXAMPLES.flatMap(pastedVariables)) };
});
afterAll(() => (process.env = environment));

// This test comes first, because a file is loaded once. The commands below set fewer variables.
it.each(EXAMPLES)('the example %s loads, and its stack can be declared', async (file) => {
  const { deployment } = await loadDeployment(join(PROJECT_FOLDER, 'examples', file));
  if (file === 'deployment.yaml') {
    // Its plugin is not built. The test of the same bytes synthesizes it.
    expect(deployment.vault.server?.mode).toBe('dev');
    return;
  }
  expect(resources(synthesize(new WebexTokens(testApp(), 'webex-tokens', deployment)), 'vault_mount')).not.toEqual([]);
});

it.each([
  ['nightly', 'VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=github-actions VAULT_ROLE=nightly'],
  ['pages', 'VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=gitlab VAULT_ROLE=pages'],
  ['batch', 'VAULT_AUTH_METHOD=jwt VAULT_ROLE=batch'],
])('the example with identities prints the environment that app %s needs', async (app, environment) => {
  const example = join(__dirname, '../examples/identities.ts');
  const { exitCode, stdout } = await runCommand('issue', [app], { DEPLOYMENT: example });
  expect([exitCode, stdout]).toEqual([0, `export VAULT_ADDR=https://vault.example.com:8200 ${environment}\n`]);
});

it('the example on Kubernetes prints the pods of its app', async () => {
  const example = join(__dirname, '../examples/kubernetes.ts');
  const { exitCode, stdout } = await runCommand('kubernetes', ['reports'], { DEPLOYMENT: example });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('https://webex-token-vault-active.webex-token-vault.svc:8200');
});

it('the example on Kubernetes is a server that the stack can declare', async () => {
  const { deployment } = await loadDeployment(join(__dirname, '../examples/kubernetes.ts'));
  const [release] = resources(synthesize(new VaultServer(testApp(), 'vault-server', deployment)), 'helm_release');
  expect(release).toMatchObject({ chart: 'openbao', namespace: 'webex-token-vault' });
});

/** Lines to paste, from the comment at the top of an example. */
function pastedLines(file: string): readonly string[] {
  const [top = ''] = readFileSync(join(PROJECT_FOLDER, 'examples', file), 'utf8').split(/\*\/|^vault:/m);
  return [...top.matchAll(/^(?: \*|#) {5}(.+)$/gm)].map(([, line = '']) => line);
}

/** Variables that these lines set, in the order of the lines. */
function pastedVariables(file: string): (readonly [name: string, value: string])[] {
  const lines = pastedLines(file).join('\n');
  return [...lines.matchAll(/ ([A-Z\d_]+)=("[^"]*"|\S+)/g)].map(([, name = '', value = '']) => [name, value] as const);
}

it.each(EXAMPLES)(
  'the lines at the top of %s can be pasted, and set every variable that the file reads',
  async (file) => {
    const settings = pastedLines(file);
    const command = settings.at(-1) ?? '';
    const variables = pastedVariables(file);
    const read = readFileSync(join(PROJECT_FOLDER, 'examples', file), 'utf8').matchAll(
      /(?:process\.env\.|\benv: )(\w+)/g,
    );
    expect(variables.map(([name]) => name).sort()).toEqual([...new Set([...read].map(([, name]) => name))].sort());
    const [name = '', ...args] = command.replace('npx --no-install webex-token-vault ', '').split(' ');
    const { stderr } = await runCommand(name, args, { ...Object.fromEntries(variables), CDKTF_OUTDIR: folder });
    expect(stderr).not.toMatch(/clientId|cannot be loaded|deployment\.ts/);
  },
);

it('each example exists in TypeScript and in YAML', () => {
  const names = (ending: string): string[] =>
    EXAMPLES.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  expect(names('.yaml')).toEqual(['deployment', ...names('.ts')].sort());
});

it('the error about a missing client id names the loaded file and the field', async () => {
  const { integrations, ...others } = exampleDeployment();
  const declared = { ...others, integrations: integrations.map((each) => ({ ...each, clientId: undefined })) };
  const { DEPLOYMENT: file = '' } = deploymentInFile(folder, declared, 'staging');
  const env = { WEBEX_CLIENT_ID: 'C0ffee', CDKTF_OUTDIR: folder };
  const { stderr } = await runCommand('diff', ['webex-tokens', '--deployment', file], env);
  expect(stderr).toBe(
    `error: integration "webex-myapp" has no clientId in ${file}; copy it from Webex, or set the environment variable that the file reads\n`,
  );
});
