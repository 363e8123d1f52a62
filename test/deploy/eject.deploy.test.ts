import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readCredential } from '#core';
import { inspectPlugin } from '../../lib/declaration/files/plugin-binary';
import { NOTE } from '../../lib/declaration/declared/note';
import { authorizerPolicy } from '../../lib/declaration/policies/authorizer-policy';
import { integrationReply } from '../../lib/vault/replies';
import { findServer } from '../../rehearsal/server/server-binary';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { EjectedStack } from '../fixtures/worlds/ejected-stack';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * A deployed stack goes on as plain Terraform, with the state that the program wrote. Terraform and its provider are real, and so
 * are the server and the engine.
 */

/** With so many apps, the policies of operators have more than 1,000 lines. */
const MANY = 60;

const names = Array.from({ length: MANY }, (_, index) => String(index));
const credentials = ['testauth', ...names].map((name) => ({
  name,
  integration: 'webex-myapp',
  scopes: ['spark:people_read'],
}));
const apps = names.map((name) => ({ name: `app-${name}`, reads: [name] }));

const ENTRY = {
  'vault_generic_endpoint.integration-webex-myapp_entry': ['update'],
  'terraform_data.integration-webex-myapp_gate': ['delete', 'create'],
  'terraform_data.integration-webex-myapp_secret': ['delete', 'create'],
};

/** Removes the hash that CDKTF adds to an id. */
function withoutHash(changes: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(changes).map(([address, actions]) => [address.replace(/_[0-9A-F]{8}$/, ''), actions]),
  );
}

describeUnless(terraformUnavailable(['vault']))('a deployment that leaves CDKTF', () => {
  let deployed: DeployedVault;
  let ejected: EjectedStack;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    deployed = await DeployedVault.start(
      exampleDeployment({ credentials, apps: [...apps, { name: 'gone', reads: ['0'] }] }),
    );
    const { admin, server, deployment } = deployed.rehearsal;
    deployed.token = server.rootToken;
    env = { VAULT_TOKEN: deployed.token };
    // Somebody mounted the engine by hand.
    await admin.write('sys/plugins/catalog/secret/oauthapp', inspectPlugin(deployment.engine.plugin, '/'));
    await admin.write('sys/mounts/oauthapp', { type: 'oauthapp' });
    deployed.deployment = {
      ...deployed.deployment,
      engine: { ...deployed.deployment.engine, import: true, preventDestroy: true },
    };
    expect((await deployed.run('deploy')).stdout).toMatch(/1 imported, /);
    deployed.deployment = {
      ...deployed.deployment,
      apps: deployed.deployment.apps.filter(({ name }) => name !== 'gone'),
    };
    expect((await deployed.run('deploy')).stdout).toMatch(/Resources: 0 added, \d+ changed, 2 destroyed/);
    ejected = await EjectedStack.write({ declared: deployed.environment, folder: deployed.path('plain') });
  });
  afterAll(() => deployed[Symbol.asyncDispose]());

  async function clientId(): Promise<unknown> {
    return (await deployed.rehearsal.admin.read('oauthapp/servers/webex-myapp', integrationReply)).data.client_id;
  }

  function expectNoSecret(): void {
    const everything = [ejected.everything, readFileSync(deployed.path('webex-tokens.tfstate'), 'utf8')].join('\n');
    const [secret = ''] = Object.values(deployed.secrets);
    expect(secret.length).toBeGreaterThan(20);
    expect(everything).toContain('webex_myapp_client_secret');
    expect(everything.includes(secret)).toBe(false);
  }

  test('the plan is empty with an imported engine, a removed app and a policy above 1,000 lines', async () => {
    expect(authorizerPolicy(deployed.deployment).split('\n').length).toBeGreaterThan(1000);
    await expect(ejected.plan(env)).resolves.toEqual({});
  });

  test('another client id is planned as an update of the entry alone, with its secret and the note', async () => {
    const changes = await ejected.plan(env, '-var=webex_myapp_client_id=C0ther');
    expect(withoutHash(changes)).toEqual({ ...ENTRY, [NOTE]: ['update'] });
    expect(ejected.printed.join('\n')).toContain('C0ther');
  });

  test('a client id that would break the JSON of the entry is refused', async () => {
    await expect(ejected.plan(env, '-var=webex_myapp_client_id=C"0')).rejects.toThrow(
      /must be a text without\s+quotation/,
    );
  });

  test('an apply without the client secret changes nothing', async () => {
    const before = await clientId();
    const { exitCode } = await ejected.apply(env, '-var=webex_myapp_client_id=C0ther');
    expect(exitCode).toBe(1);
    expect(await clientId()).toBe(before);
  });

  test('an apply with the client secret writes the entry by the program', async () => {
    const { exitCode, stderr } = await ejected.apply(
      { ...env, ...deployed.secrets },
      '-var=webex_myapp_client_id=C0ther',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await clientId()).toBe('C0ther');
  });

  test('bao alone writes the entry back, and the engine then exchanges a code with its secret', async () => {
    const bao = { BAO: await findServer(), TF_VAR_program: 'sh ./by-bao.sh' };
    const { exitCode, stderr } = await ejected.apply({ ...env, ...deployed.secrets, ...bao });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await expect(deployed.authorize()).resolves.toMatchObject({ person: { displayName: 'Ada Admin' } });
  });

  test('neither a file nor the state nor the output has the client secret', () => {
    expectNoSecret();
  });

  test('the way back is open: the program finds no change, and the grant is readable', async () => {
    expect((await deployed.run('deploy', [], {})).stdout).toContain('Your infrastructure matches the configuration.');
    await expect(readCredential(deployed.rehearsal.admin.connection, 'oauthapp', 'testauth')).resolves.toBeDefined();
  });
});

describeUnless(terraformUnavailable(['vault']))('a deployment in a namespace that leaves CDKTF', () => {
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    const vault = { address: 'https://vault.example', namespace: 'collaboration' };
    rehearsal = await Rehearsal.start({ declared: exampleDeployment({ vault }) });
    await rehearsal.apply({ by: 'terraform' });
  });
  afterAll(() => rehearsal.stop());

  test.each<[string, (text: string) => string]>([
    ['json', (text) => text],
    ['yaml', (text) => stringify(JSON.parse(text))],
  ])('the plan is empty with the providers of both namespaces, from deployment.%s', async (ending, format) => {
    const declaration = join(rehearsal.folder, `deployment.${ending}`);
    writeFileSync(declaration, format(JSON.stringify(rehearsal.deployment)));
    const ejected = await EjectedStack.write({
      declared: { DEPLOYMENT: declaration },
      folder: join(rehearsal.folder, `from-${ending}`),
    });
    await expect(ejected.plan({ VAULT_TOKEN: rehearsal.server.rootToken })).resolves.toEqual({});
  });
});
