import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ejectStacks, type EjectedStack } from '../../constructs/ejection';
import { synthesize } from '../../constructs/synthesis';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { elf } from '../fixtures/programs/elf-program';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const PLUGIN = { plugin: { sha256: 'a'.repeat(64) } };
/** The command of provisioners in a synthesized stack. */
const PROGRAM = /node (?:\.\.\/)+\S*?webex-token-vault\.js/g;
const OIDC = { oidc: { issuer: 'https://idp.example', clientId: 'vault', groups: { observer: ['on-call'] } } };

let home: string;
beforeEach(() => (home = realpathSync(temporaryFolder())));

interface Variable {
  readonly default?: string | null;
}

function eject(changes: Partial<DeploymentInput> = {}): EjectedStack[] {
  return ejectStacks(exampleDeployment(changes), {
    folder: home,
    target: join(home, 'plain'),
    output: join(home, 'cdktf.out'),
  });
}

function ejectTokens(changes: Partial<DeploymentInput> = {}): Record<string, Record<string, Variable>> {
  return (eject(changes).at(-1)?.configuration ?? {}) as Record<string, Record<string, Variable>>;
}

/** Stack `webex-tokens` as CDKTF writes it. */
function synthesized(changes: Partial<DeploymentInput>): Record<string, object> {
  const stack = synthesize(exampleDeployment(changes), { folder: home, output: join(home, 'cdktf.out') }).at(-1);
  const text = readFileSync(join(stack?.folder ?? '', 'cdk.tf.json'), 'utf8');
  return JSON.parse(text, (key, value: unknown) => (key === '//' ? undefined : value)) as Record<string, object>;
}

/** Text of blocks with each variable replaced by its default, as Terraform does. */
function resolved(blocks: unknown, variables: Readonly<Record<string, Variable>>): unknown {
  const text = JSON.stringify(blocks).replaceAll(/\$\{var\.(\w+)\}/g, (reference, name: string) => {
    return variables[name]?.default ?? reference;
  });
  return JSON.parse(text);
}

it.each<[string, Partial<DeploymentInput>]>([
  ['an engine that is imported', { engine: { ...PLUGIN, import: true } }],
  ['a mount that moves', { engine: { ...PLUGIN, mountPath: 'webex', movedFrom: 'oauthapp' } }],
  ['a namespace', { vault: { address: 'https://vault.example', namespace: 'collaboration' } }],
  ['operators by OIDC', { operators: OIDC }],
  [
    'policies above a thousand lines',
    {
      credentials: Array.from({ length: 80 }, (_, index) => ({
        name: `credential-${index}`,
        integration: 'webex-myapp',
        scopes: ['spark:people_read'],
      })),
      apps: Array.from({ length: 80 }, (_, index) => ({ name: `app-${index}`, reads: [`credential-${index}`] })),
    },
  ],
])('a deployment with %s has the blocks of its synthesized stack, with variables for values', (_, changes) => {
  const { variable = {}, terraform, provider, ...blocks } = ejectTokens(changes);
  expect(JSON.stringify(blocks.resource)).toContain('${var.webex_myapp_client_id}');
  expect([terraform, provider]).not.toContain(undefined);
  const { variable: secrets, terraform: itsTerraform, provider: itsProvider, ...expected } = synthesized(changes);
  expect(Object.keys(variable)).toEqual(expect.arrayContaining(Object.keys(secrets ?? {})));
  expect(resolved(provider, variable)).toEqual(itsProvider);
  expect(terraform).toEqual({ ...itsTerraform, backend: expect.anything() as unknown });
  expect(resolved(blocks, variable)).toEqual(
    JSON.parse(JSON.stringify(expected).replaceAll(PROGRAM, variable.program?.default ?? '')),
  );
});

it('the blocks of an import, a former address and a forgotten entry are kept', () => {
  expect(ejectTokens({ engine: { ...PLUGIN, import: true } })).toMatchObject({
    import: [{ id: 'oauthapp' }],
    moved: [{ to: expect.stringMatching(/^vault_generic_endpoint\.integration-webex-myapp_entry_/) as unknown }],
  });
  expect(ejectTokens({ engine: { ...PLUGIN, mountPath: 'webex', movedFrom: 'oauthapp' } })).toMatchObject({
    removed: [{ lifecycle: { destroy: false } }, { lifecycle: { destroy: false } }],
  });
});

it('each value that differs between places is a variable whose default is the value', () => {
  const { variable } = ejectTokens({
    vault: { address: 'https://vault.example', namespace: 'collaboration' },
    operators: OIDC,
  });
  expect(Object.fromEntries(Object.entries(variable ?? {}).map(([name, { default: value }]) => [name, value]))).toEqual(
    {
      vault_address: 'https://vault.example',
      vault_namespace: 'collaboration',
      webex_myapp_client_id: 'C0ffee',
      operators_oidc_client_id: 'vault',
      program: expect.stringMatching(/^node \.\.\/\.\.\/\S*scripts\/webex-token-vault\.js$/) as unknown,
      webex_myapp_client_secret: null,
      operators_oidc_client_secret: null,
    },
  );
});

it('a client id that is not declared is a variable without a default', () => {
  const { variable } = ejectTokens({ integrations: [{ name: 'webex-myapp' }] });
  expect(variable?.webex_myapp_client_id).toEqual({
    type: 'string',
    description: 'Client id of integration webex-myapp',
    validation: [expect.anything()],
  });
});

it('a client id that JSON escapes stays in the text', () => {
  const { variable, resource } = ejectTokens({ integrations: [{ name: 'webex-myapp', clientId: 'C"0' }] });
  expect(variable).not.toHaveProperty('webex_myapp_client_id');
  expect(JSON.stringify(resource)).toContain(JSON.stringify(JSON.stringify({ client_id: 'C"0' })).slice(2, -3));
});

it('an engine in a namespace keeps the root namespace for its plugin', () => {
  const { provider } = ejectTokens({ vault: { address: 'https://vault.example', namespace: 'collaboration' } });
  expect(provider?.vault).toMatchObject([
    { address: '${var.vault_address}', namespace: '${var.vault_namespace}' },
    { address: '${var.vault_address}', namespace: 'root', alias: 'root' },
  ]);
});

it('a server of the deployment is a stack of its own, whose address is the default of the other', () => {
  mkdirSync(join(home, 'plugins'));
  const path = join(home, 'plugins/oauthapp');
  writeFileSync(path, elf(process.arch), { mode: 0o755 });
  const changes: Partial<DeploymentInput> = {
    vault: { server: { mode: 'dev' } },
    engine: { plugin: { path: 'plugins/oauthapp' } },
  };
  const [server, tokens] = eject(changes);
  expect([server?.name, tokens?.name]).toEqual(['vault-server', 'webex-tokens']);
  expect(server?.configuration).not.toHaveProperty('variable');
  // Docker gets the folder by a path from the ejected stack.
  expect(JSON.stringify(server?.configuration)).toContain('${abspath(\\"../../plugins\\")}');
  expect(tokens?.configuration.variable?.vault_address).toMatchObject({ default: 'http://127.0.0.1:8200' });
  expect(tokens?.configuration.provider?.vault).toMatchObject([{ address: '${var.vault_address}' }]);
});

it.each<[string, DeploymentInput['backend'], unknown]>([
  ['no backend', undefined, { local: { path: '../../terraform.webex-tokens.tfstate' } }],
  ['a remote backend', { type: 's3', config: { key: '{stack}.tfstate' } }, { s3: { key: 'webex-tokens.tfstate' } }],
  [
    'an absolute path',
    { type: 'local', config: { path: '/states/{stack}.tfstate' } },
    { local: { path: '/states/webex-tokens.tfstate' } },
  ],
  [
    'a path in the folder where Terraform runs',
    { type: 'local', config: { path: 'states/my.tfstate' } },
    { local: { path: '../../cdktf.out/stacks/webex-tokens/states/my.tfstate' } },
  ],
  [
    'a local backend without a path',
    { type: 'local' },
    { local: { path: '../../cdktf.out/stacks/webex-tokens/terraform.tfstate' } },
  ],
])('the state of a deployment with %s stays where it is', (_, backend, expected) => {
  expect(ejectTokens({ backend }).terraform?.backend).toEqual(expected);
});

it('no metadata of CDKTF is left', () => {
  expect(JSON.stringify(eject({ operators: OIDC }))).not.toMatch(/"\/\/"|TfToken|cdktf|uniqueId/);
});
