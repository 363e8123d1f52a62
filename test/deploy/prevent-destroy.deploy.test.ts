import { readCredential } from '#core';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { byCdktf } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Attempts to delete the engine's mount with every grant, by any tool, with the real Terraform. */

const LINE = 'error: this would destroy the engine with all its grants, so nothing was changed; ';
const NEXT = 'if nobody needs the grants, set engine.preventDestroy to false and run this again\n';

describeUnless(terraformUnavailable())('a mount with grants in it', () => {
  let deployed: DeployedVault;

  beforeAll(async () => {
    deployed = await DeployedVault.start();
    prevent(true);
    expect((await deployed.run('deploy')).exitCode).toBe(0);
    await deployed.authorize();
    // The root token excludes missing rights as the cause of a refusal.
    deployed.token = deployed.rehearsal.server.rootToken;
  });
  afterAll(() => deployed[Symbol.asyncDispose]());
  afterEach(() =>
    expect(readCredential(deployed.rehearsal.admin.connection, 'oauthapp', 'testauth')).resolves.toBeDefined(),
  );

  function prevent(preventDestroy: boolean): void {
    const { engine } = deployed.deployment;
    deployed.deployment = { ...deployed.deployment, engine: { ...engine, preventDestroy } };
  }

  function callPlugin(name: string): void {
    const { engine } = deployed.deployment;
    deployed.deployment = { ...deployed.deployment, engine: { ...engine, plugin: { ...engine.plugin, name } } };
  }

  function terraform(...args: string[]): Promise<FinishedCommand> {
    return run(process.env.TERRAFORM_BINARY_NAME ?? 'terraform', [...args, '-no-color', '-auto-approve'], {
      cwd: deployed.stackFolder,
      env: { ...process.env, ...deployed.environment, ...deployed.secrets },
    });
  }

  test('destroy refuses to remove the mount that holds grants', async () => {
    const { exitCode, stderr } = await deployed.run('destroy', ['--allow-loss', 'testauth']);
    expect(stderr).toContain(`\n${LINE}${NEXT}`);
    expect(exitCode).toBe(1);
  });

  test('Terraform itself refuses to destroy the mount', async () => {
    const { exitCode, stdout, stderr } = await terraform('destroy');
    expect(stdout + stderr).toContain('Instance cannot be destroyed');
    expect(exitCode).toBe(1);
  });

  test('deploy, Terraform and CDKTF refuse to replace the mount if the plugin name changes', async () => {
    callPlugin('webexoauth');
    const { exitCode, stderr } = await deployed.run('deploy', ['--allow-loss', 'testauth']);
    expect(stderr).toContain(`\n${LINE}keep engine.plugin.name as it was; ${NEXT}`);
    expect(exitCode).toBe(1);
    const applied = await terraform('apply');
    expect(applied.stdout + applied.stderr).toContain('Instance cannot be destroyed');
    expect(applied.exitCode).toBe(1);
    const env = { ...deployed.environment, ...deployed.secrets };
    const byCli = await byCdktf('deploy', 'webex-tokens', { output: deployed.rehearsal.folder, env });
    expect(byCli.stdout + byCli.stderr).toContain('Instance cannot be destroyed');
    expect(byCli.exitCode).not.toBe(0);
    callPlugin('oauthapp');
  });

  test('destroy still requires --allow-loss after the declaration disables prevent_destroy', async () => {
    prevent(false);
    const { exitCode, stderr } = await deployed.run('destroy');
    expect(stderr).toMatch(
      /^error: this would lose the grant of "testauth", so nothing was changed; .*--allow-loss testauth$/m,
    );
    expect(exitCode).toBe(1);
  });
});
