import { z } from 'zod';
import { loginAppRole, readCredential } from '#core';
import type { FinishedCommand } from '../../lib/processes/child-process';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { byProgram } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * An integration and an app are renamed without the loss of a grant. The production server, Terraform and its provider
 * are real. The deploy has the provisioner's policy.
 */

describeUnless(terraformUnavailable())('a deployment in which an integration and an app are renamed', () => {
  let operated: OperatedVault;
  let app: { roleId: string; secretId: string };

  beforeAll(async () => {
    operated = await OperatedVault.start();
    await operated.init();
    await operated.deploy('terraform');
    await operated.authorize();
    app = await issued('people-me');
  });
  afterAll(() => operated[Symbol.asyncDispose]());

  function called(integration: string, reader: string): void {
    const { integrations, credentials, apps } = operated.deployment;
    operated.declare({
      integrations: integrations.map((each) => ({ ...each, name: integration, vaultName: 'webex-myapp' })),
      credentials: credentials.map((each) => ({ ...each, integration })),
      apps: apps.map((each) => ({ ...each, name: reader, vaultName: 'people-me' })),
    });
  }

  /** Deploys without a client secret, because a rename does not write it. */
  async function deployed(): Promise<FinishedCommand> {
    const env = { ...operated.environment, VAULT_TOKEN: await operated.token('provisioner') };
    return byProgram('deploy', 'webex-tokens', { output: operated.path('cdktf.out'), env });
  }

  /** Credentials from the issuer, fetched in the way of the app's host. */
  async function issued(name: string): Promise<{ roleId: string; secretId: string }> {
    const { stdout } = await operated.run('issue', [name, '--json', '--operators', operated.operators]);
    const { roleId, wrappingToken } = z
      .object({ roleId: z.string(), wrappingToken: z.string() })
      .parse(JSON.parse(stdout));
    const unwrapped = z.object({ data: z.object({ secret_id: z.string() }) });
    const { data } = await operated.server.node.client(wrappingToken).write('sys/wrapping/unwrap', {}, unwrapped);
    return { roleId, secretId: data.secret_id };
  }

  /** Reads as the app with its original secret id, and forces a refresh as the authorizer. */
  async function refreshed(): Promise<number[]> {
    const { connection } = operated.server.node.client();
    const reader = operated.server.node.client((await loginAppRole(connection, app)).token);
    const { accessToken } = await readCredential(reader.connection, 'oauthapp', 'testauth');
    expect(await operated.engine.isAccepted(accessToken)).toBe(true);
    const before = operated.engine.refreshes.length;
    await operated.engine.forceRefresh(await operated.as('authorizer'), 'testauth');
    return operated.engine.refreshes.slice(before);
  }

  test('the provisioner deploys the renames without a client secret, and deploy explains each one', async () => {
    called('reports', 'reader');
    const { stdout, stderr, exitCode } = await deployed();
    expect(stderr).toContain('- integration "webex-myapp" is renamed to "reports"; its grants stay\n');
    expect(stderr).toContain('- app "people-me" is renamed to "reader"; its role id and secret ids stay\n');
    expect(stdout).toContain('Resources: 0 added, 1 changed, 0 destroyed.');
    expect(stdout).toContain(`role_ids.reader: ${app.roleId}\n`);
    expect(exitCode).toBe(0);
  });

  test('the plan after the renames is empty', async () => {
    expect((await deployed()).stdout).toContain('Your infrastructure matches the configuration.');
  });

  test('the app reads the grant with its earlier secret id, and the engine refreshes it', async () => {
    await expect(refreshed()).resolves.toEqual([200]);
  });

  test('issue gives the app a secret id under its new name', async () => {
    await expect(issued('reader')).resolves.toMatchObject({ roleId: app.roleId });
    const { exitCode, stderr } = await operated.run('issue', ['people-me', '--operators', operated.operators]);
    expect([exitCode, stderr]).toEqual([2, 'error: unknown app "people-me"; the deployment declares "reader"\n']);
  });

  test('an authorizer replaces the grant after the renames', async () => {
    const grant = await operated.replaceGrant();
    expect(grant).toMatchObject({ person: { displayName: 'Ada Admin' } });
    await expect(refreshed()).resolves.toEqual([200]);
  });

  test('operators update keeps the policies valid after the renames', async () => {
    await operated.updateOperators('--key-shares', operated.operators);
    await expect(issued('reader')).resolves.toMatchObject({ roleId: app.roleId });
    expect((await deployed()).stdout).toContain('Your infrastructure matches the configuration.');
  });

  test('deploy renames the integration and the app a second time', async () => {
    called('monthly', 'statistics');
    const { stderr, exitCode } = await deployed();
    expect(stderr).toContain('- integration "reports" is renamed to "monthly"; its grants stay\n');
    expect(stderr).toContain('- app "reader" is renamed to "statistics";');
    expect(exitCode).toBe(0);
    await expect(refreshed()).resolves.toEqual([200]);
  });

  test('deploy restores the first names', async () => {
    called('webex-myapp', 'people-me');
    const { stdout, exitCode } = await deployed();
    expect(stdout).toContain('Resources: 0 added, 1 changed, 0 destroyed.');
    expect(exitCode).toBe(0);
    await expect(refreshed()).resolves.toEqual([200]);
  });
});
