import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { appPolicy } from '../../lib/declaration/policies/app-policy';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import { writeOperatorLogin } from '../../lib/operators/operator-folder';
import { renewOperator, writeOperators } from '../../lib/operators/operators';
import { createPrivateFolder } from '../../lib/files/private-file';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * Refusals of `deploy` before it changes anything, on a real server with the real Terraform. The next deploy succeeds
 * once the cause is fixed.
 */

const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';

describeUnless(terraformUnavailable())('deploy', () => {
  let deployed: DeployedVault;
  beforeAll(async () => (deployed = await DeployedVault.start()));
  afterAll(() => deployed[Symbol.asyncDispose]());

  const ended = (stderr: string): string => stderr.trimEnd().split('\n').at(-1) ?? '';

  test('deploy names a server that does not answer', async () => {
    const { deployment } = deployed;
    deployed.deployment = { ...deployment, vault: { address: 'http://127.0.0.1:1' } };
    const { exitCode, stdout, stderr } = await deployed.run('deploy');
    deployed.deployment = deployment;
    expect(stderr).toMatch(/^error: no answer from Vault at http:\/\/127.0.0.1:1 \(ECONNREFUSED\); .*\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
  });

  test('deploy names a VAULT_ADDR that differs from the declaration', async () => {
    const { exitCode, stdout, stderr } = await deployed.run('deploy', [], { VAULT_ADDR: 'http://127.0.0.1:1' });
    expect(stderr).toMatch(/^error: VAULT_ADDR is http:\/\/127.0.0.1:1, and \S+ declares vault.address .*\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  test('deploy gives the reason if providers cannot be installed', async () => {
    const config = deployed.path('terraformrc');
    writeFileSync(
      config,
      `provider_installation {\n  filesystem_mirror {\n    path = "${deployed.path('none')}"\n  }\n}\n`,
    );
    const { exitCode, stderr } = await deployed.run('deploy', [], { TF_CLI_CONFIG_FILE: config });
    expect(stderr).toContain('hashicorp/vault');
    expect(ended(stderr)).toBe(
      'error: stack webex-tokens could not be initialized, for the reason above; nothing was changed; fix it, and run this again',
    );
    expect(exitCode).toBe(1);
  });

  test('deploy succeeds with the login from the operators folder and prints the outputs', async () => {
    const { admin, deployment } = deployed.rehearsal;
    const operators = deployed.path('operators');
    await createPrivateFolder(operators);
    await writeOperators(admin, deployment);
    await renewOperator(admin, 'provisioner', (login) => writeOperatorLogin(operators, 'provisioner', login));
    const before = await admin.list('auth/token/accessors');
    const env = { ...deployed.secrets, VAULT_TOKEN: undefined, HOME: deployed.path('home') };
    const { exitCode, stdout, stderr } = await deployed.run('deploy', ['--operators', operators], env);
    expect(stderr).not.toContain('error');
    expect(stdout).toMatch(/Apply complete! .*\n[^]*^role_ids\.people-me: [0-9a-f-]{36}$/m);
    expect(exitCode).toBe(0);
    await expect(admin.list('auth/token/accessors')).resolves.toEqual(before);
  });

  test('deploy finds no change the second time, and needs no secret', async () => {
    const { exitCode, stdout } = await deployed.run('deploy', [], {});
    expect(stdout).toContain('No changes.');
    expect(exitCode).toBe(0);
  });

  test('deploy refuses a missing right and names the command that grants it, while diff only reports it', async () => {
    deployed.declareAnotherApp('reports');
    const lack =
      /the Vault token may not do this: it lacks create on auth\/approle\/role\/reports, \S+ on \S+\. .*operators update/;
    const told = await deployed.run('diff');
    expect(told.stderr).toMatch(lack);
    expect(told.stderr).toContain('- app "reports" may now read "testauth"\n');
    expect(told.exitCode).toBe(0);
    const refused = await deployed.run('deploy');
    expect(ended(refused.stderr)).toMatch(lack);
    expect(refused.exitCode).toBe(1);
    await expect(deployed.rehearsal.admin.list('auth/approle/role')).resolves.toEqual(['people-me']);
    // `operators update` does the same.
    await writeOperators(deployed.rehearsal.admin, deployed.deployment);
    expect((await deployed.run('deploy')).exitCode).toBe(0);
    await expect(deployed.rehearsal.admin.list('auth/approle/role')).resolves.toEqual(['people-me', 'reports']);
  });

  test('deploy applies a saved plan, and refuses a stale one', async () => {
    const plan = deployed.path('saved.tfplan');
    deployed.declareAnotherApp('later');
    await writeOperators(deployed.rehearsal.admin, deployed.deployment);
    expect((await deployed.run('diff', ['--plan-file', plan])).exitCode).toBe(0);
    expect((await deployed.run('deploy', ['--plan-file', plan])).exitCode).toBe(0);
    const { exitCode, stderr } = await deployed.run('deploy', ['--plan-file', plan]);
    expect(stderr).toMatch(/Saved plan is stale/);
    expect(ended(stderr)).toMatch(/^error: stack webex-tokens was not applied completely, for the reason above; /);
    expect(exitCode).toBe(1);
    expect((await deployed.run('deploy')).stdout).toContain('No changes.');
  });

  test('deploy prints JSON lines with --json', async () => {
    const { stdout } = await deployed.run('deploy', ['--json']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as { type: string }).map(({ type }) => type)).toContain(
      'change_summary',
    );
  });

  test('deploy passes the arguments after -- to Terraform', async () => {
    const { stdout } = await deployed.run('deploy', ['--', '-no-color', '-refresh=false']);
    expect(stdout).not.toContain('Refreshing state');
    expect(stdout).toContain('No changes.');
  });

  test('deploy names the command that moves the state to another backend', async () => {
    const { deployment } = deployed;
    deployed.deployment = {
      ...deployment,
      backend: { type: 'local', config: { path: deployed.path('moved-{stack}.tfstate') } },
    };
    const { exitCode, stderr } = await deployed.run('deploy');
    const [, command = ''] = /; move it there: (.* init -migrate-state)$/m.exec(stderr) ?? [];
    expect(exitCode).toBe(1);
    const [, ...args] = command.split(' ');
    const moved = await run(terraform, [...args, '-force-copy'], { env: { ...process.env, ...deployed.environment } });
    expect(moved.exitCode).toBe(0);
    expect((await deployed.run('deploy')).stdout).toContain('No changes.');
    expect(readFileSync(deployed.path('moved-webex-tokens.tfstate'), 'utf8')).toContain('oauthapp');
  });

  test('deploy detects the state of another server, and changes neither server', async () => {
    await using other = await DeployedVault.start();
    const { vault } = other.deployment;
    const { deployment, token } = deployed;
    deployed.token = other.token;
    deployed.deployment = { ...deployment, vault };
    await writeOperators(other.rehearsal.admin, deployed.deployment);
    const { exitCode, stderr } = await deployed.run('deploy');
    Object.assign(deployed, { deployment, token });
    expect(ended(stderr)).toMatch(/^error: the state is of another server: none of its mounts is at http:/);
    expect(exitCode).toBe(1);
    await expect(other.rehearsal.admin.list('sys/policies/acl')).resolves.not.toContain('oauthapp-app-people-me');
    expect((await deployed.run('deploy')).stdout).toContain('No changes.');
  });

  test('deploy removes an app that is no longer declared, even if the policy was renewed before', async () => {
    const { admin } = deployed.rehearsal;
    const { apps } = deployed.deployment;
    deployed.deployment = { ...deployed.deployment, apps: apps.filter(({ name }) => name !== 'later') };
    await writeOperators(admin, deployed.deployment);
    const { exitCode, stderr } = await deployed.run('deploy');
    expect(stderr).toContain('- app "later" loses its identity: its role id and secret ids become invalid\n');
    expect(exitCode).toBe(0);
    await expect(admin.list('auth/approle/role')).resolves.toEqual(['people-me', 'reports']);
    await expect(admin.list('sys/policies/acl')).resolves.not.toContain('oauthapp-app-later');
  });

  test('deploy reports a policy that is older than the state, as after a restored snapshot', async () => {
    const { admin, deployment } = deployed.rehearsal;
    const older = appPolicy(deployment.engine.mountPath, []).concat(
      'path "sys/capabilities-self" { capabilities = ["read", "update"] }\n',
    );
    await admin.write(`sys/policies/acl/${policyNameOf(deployment.engine.mountPath, 'provisioner')}`, {
      policy: older,
    });
    const { exitCode, stderr } = await deployed.run('deploy');
    expect(ended(stderr)).toMatch(/^error: the Vault token may not see this: it lacks read on .*\. .*operators update/);
    expect(exitCode).toBe(5);
    await writeOperators(admin, deployed.deployment);
    expect((await deployed.run('deploy')).stdout).toContain('No changes.');
  });

  test('deploy initializes again if the installed providers are missing', async () => {
    rmSync(join(deployed.stackFolder, '.terraform/providers'), { recursive: true });
    const first = await deployed.run('deploy');
    const { stdout } = first.exitCode === 0 ? first : await deployed.run('deploy');
    expect(stdout).toContain('No changes.');
  });

  test('deploy creates everything again if a server in dev mode has forgotten it', async () => {
    await using other = await DeployedVault.start();
    const { deployment, token } = deployed;
    deployed.token = other.token;
    deployed.deployment = defineDeployment({
      ...deployment,
      vault: { server: { mode: 'dev' } },
      manageProvisioner: false,
    });
    await writeOperators(other.rehearsal.admin, deployed.deployment);
    const { exitCode, stderr } = await deployed.run('deploy', [], {
      ...deployed.secrets,
      VAULT_ADDR: other.deployment.vault.address,
    });
    Object.assign(deployed, { deployment, token });
    expect(stderr).toContain('- the server in dev mode was restarted and has lost everything that was deployed; ');
    expect(exitCode).toBe(0);
    const tuned = z.object({ data: z.object({ max_lease_ttl: z.number() }) });
    const { data } = await other.rehearsal.admin.read('sys/mounts/auth/approle/tune', tuned);
    expect(data.max_lease_ttl).toBe(90 * 24 * 3600);
  });
});
