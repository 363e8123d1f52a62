import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCredential } from '#core';
import { NOTE } from '../../lib/declaration/declared/note';
import { run as runProgram } from '../../lib/processes/child-process';
import type { Integration } from '../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Attempts to bypass the question about lost grants, with the real Terraform. No attempt may succeed. */

describeUnless(terraformUnavailable())('deploy loses no grant unasked', () => {
  let deployed: DeployedVault;

  beforeAll(async () => {
    const redirectUrl = 'http://localhost:5000/auth';
    deployed = await DeployedVault.start(
      exampleDeployment({
        integrations: ['webex-myapp', 'webex-two'].map((name) => ({ name, clientId: `C-${name}`, redirectUrl })),
      }),
    );
    expect((await run()).exitCode).toBe(0);
    await deployed.authorize();
    // The root token excludes missing rights as the cause of a refusal.
    deployed.token = deployed.rehearsal.server.rootToken;
  });
  afterAll(() => deployed[Symbol.asyncDispose]());
  afterEach(async () => {
    await expect(readCredential(deployed.rehearsal.admin.connection, 'oauthapp', 'testauth')).resolves.toBeDefined();
  });

  function run(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    return deployed.run('deploy', args, { ...deployed.secrets, ...env });
  }

  function declare(change: (integration: Integration) => Integration[], integrationOfTestauth = 'webex-myapp'): void {
    deployed.deployment = {
      ...deployed.deployment,
      integrations: deployed.rehearsal.deployment.integrations.flatMap(change),
      credentials: deployed.deployment.credentials.map((each) => ({ ...each, integration: integrationOfTestauth })),
    };
  }

  const ofAnotherClient = (integration: Integration): Integration[] => [
    integration.name === 'webex-myapp' ? { ...integration, clientId: 'another' } : integration,
  ];

  test.each([
    [
      'that -target leaves out of sight',
      ['--', '-target=vault_generic_endpoint.integration-webex-myapp_entry_C82146BD'],
    ],
    ['in sight', []],
  ])('a change of the client id %s stops the deploy', async (_, args) => {
    declare(ofAnotherClient);
    const { exitCode, stderr } = await run(args);
    declare((integration) => [integration]);
    expect(stderr).toContain('- credential "testauth" is lost: integration "webex-myapp" gets another client id');
    expect(exitCode).toBe(1);
  });

  test('deploy refuses a changed client id while the engine moves', async () => {
    const { engine } = deployed.deployment;
    declare(ofAnotherClient);
    deployed.deployment = { ...deployed.deployment, engine: { ...engine, mountPath: 'other', movedFrom: 'oauthapp' } };
    const { exitCode, stderr } = await run();
    deployed.deployment = { ...deployed.deployment, engine };
    declare((integration) => [integration]);
    // Webex does not know the other client id. This alone stops a deploy that can lose the grant.
    expect(stderr).toContain('- credential "testauth" is lost: integration "webex-myapp" gets another client id');
    expect(stderr).toMatch(/^error: .*; nothing was changed$/m);
    expect(exitCode).toBe(1);
  });

  test('deploy refuses to remove the integration whose grant a credential still has', async () => {
    declare((integration) => [integration], 'webex-two');
    const moved = await run();
    expect(moved.stderr).toContain(
      'its present grant stays with "webex-myapp" until it is authorized again, so keep "webex-myapp" until then\n',
    );
    expect(moved.exitCode).toBe(0);
    declare((integration) => (integration.name === 'webex-myapp' ? [] : [integration]), 'webex-two');
    const { exitCode, stderr } = await run();
    expect(stderr).toMatch(
      /^error: this would lose the grant of "webex-myapp", so nothing was changed; .*--allow-loss webex-myapp$/m,
    );
    expect(exitCode).toBe(1);
    declare((integration) => [integration]);
    expect((await run()).exitCode).toBe(0);
  });

  test('deploy refuses the plan of another deployment', async () => {
    const plan = deployed.path('saved.tfplan');
    declare(ofAnotherClient);
    expect((await deployed.run('diff', ['--plan-file', plan])).exitCode).toBe(0);
    const others: ((integration: Integration) => Integration[])[] = [
      (integration) => [integration],
      (integration) => [
        integration,
        { ...integration, name: `${integration.name}-too`, vaultName: `${integration.vaultName}-too` },
      ],
    ];
    for (const other of others) {
      declare(other);
      const { exitCode, stderr } = await run(['--plan-file', plan, '--allow-loss', 'testauth']);
      expect(stderr).toMatch(/^error: .*saved\.tfplan is a plan of another stack, or of another declaration/m);
      expect(exitCode).toBe(1);
    }
    declare((integration) => [integration]);
  });

  test("deploy refuses a changed client id if the state does not list the integration's credentials", async () => {
    const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
    const removed = await runProgram(terraform, ['state', 'rm', NOTE], { cwd: deployed.stackFolder });
    expect(removed.exitCode).toBe(0);
    declare(ofAnotherClient);
    const { exitCode, stderr } = await run();
    declare((integration) => [integration]);
    expect(stderr).toContain(
      '- the grant of integration "webex-myapp" is lost: integration "webex-myapp" gets another client id, and Webex refreshes for the old one only, and the state has no note of its credentials; ',
    );
    expect(exitCode).toBe(1);
    const again = await run();
    expect(again.stdout).toContain('Resources: 1 added, 0 changed, 0 destroyed.');
    expect(again.exitCode).toBe(0);
  });

  test('deploy refuses an unknown workspace in TF_WORKSPACE', async () => {
    const { exitCode, stdout, stderr } = await run([], { TF_WORKSPACE: 'other' });
    expect(stderr).toMatch(/^error: TF_WORKSPACE is "other", .*; unset it, .*\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  test.each<['deploy' | 'diff', string[], RegExp]>([
    ['deploy', ['--', '-lock-timeout', '10s'], /^error: "10s" would have no option for Terraform; /],
    ['deploy', ['--', '-out=x'], /^error: this command sets "-out=x" itself; /],
    ['diff', ['--', '-out=x'], /^error: this command sets "-out=x" itself; /],
    ['deploy', ['--plan-file', 'a', '--', '-target=x'], /^error: Terraform accepts no "-target=x" with a saved plan; /],
  ])('%s refuses an argument that would mean something different: %j', async (command, args, line) => {
    const { exitCode, stdout, stderr } = await deployed.run(command, args, deployed.secrets);
    expect(stderr).toMatch(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test('deploy works as usual if TF_DATA_DIR puts the data of Terraform into another folder', async () => {
    const { exitCode, stdout } = await run([], { TF_DATA_DIR: deployed.path('data'), TF_CLI_ARGS: '-no-color' });
    expect(stdout).toContain('No changes.');
    expect(exitCode).toBe(0);
    expect(readdirSync(join(deployed.rehearsal.folder, 'data'))).toContain('providers');
  });
});
