import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { findServer } from '../../rehearsal/server/server-binary';
import { OpenBaoServer } from '../../rehearsal/server/openbao';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { PROGRAM } from '../fixtures/programs/script';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* A production server follows a server in dev mode, in one clone. Terraform's state describes the deleted server. */

describeUnless(terraformUnavailable())('webex-token-vault state archive webex-tokens', () => {
  let operated: OperatedVault;

  beforeAll(async () => {
    operated = await OperatedVault.start();
    await operated.init();
  });
  afterAll(async () => {
    await operated[Symbol.asyncDispose]();
    const deployment = relative(PROJECT_FOLDER, join(operated.server.folder, 'deployment'));
    rmSync(join(PROJECT_FOLDER, 'cdktf.out', encodeURIComponent(deployment)), { recursive: true, force: true });
  });

  /** Runs a command on one declaration file, which each call overwrites. */
  async function command(
    args: readonly string[],
    deployment: Deployment,
    env: NodeJS.ProcessEnv = {},
  ): Promise<FinishedCommand> {
    return run(process.execPath, [PROGRAM, ...args], {
      cwd: PROJECT_FOLDER,
      env: {
        ...process.env,
        ...deploymentInFile(operated.server.folder, deployment),
        [`TF_VAR_${clientSecretVariable('webex-myapp')}`]: operated.engine.clientSecret,
        ...env,
      },
    });
  }

  test('state archive lets a production server replace one in dev mode', async () => {
    const plugin = await findOauthappPlugin();
    const deploy = ['deploy', 'webex-tokens', '--auto-approve'];
    const production = operated.deployment;
    {
      await using dev = await OpenBaoServer.start({ binary: await findServer(), pluginDirectory: join(plugin, '..') });
      const deployment = { ...production, vault: { address: dev.address }, manageProvisioner: true };
      const first = await command(deploy, deployment, { VAULT_TOKEN: dev.rootToken });
      expect(first).toMatchObject({ exitCode: 0 });
    }

    const asProvisioner = ['exec', 'provisioner', '--operators', operated.operators, '--', process.execPath, PROGRAM];
    const { VAULT_CACERT } = operated.environment;
    const refused = await command([...asProvisioner, ...deploy], production, { VAULT_CACERT });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(
      /^error: the state is of another server: .+ archive the state: npx --no-install webex-token-vault state archive webex-tokens/m,
    );

    const { exitCode, stdout } = await command(['state', 'archive', 'webex-tokens'], production);
    expect(stdout).toContain('The state of stack webex-tokens is archived in ');
    expect(exitCode).toBe(0);
    const second = await command([...asProvisioner, ...deploy], production, { VAULT_CACERT });
    expect(second.stdout).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/);
    expect(second).toMatchObject({ exitCode: 0 });
    const states = (await readdir(operated.server.folder)).filter((name) => /tfstate(\.\d|$)/.test(name));
    expect(states.sort()).toEqual([
      'terraform.webex-tokens.tfstate',
      expect.stringMatching(/^terraform\.webex-tokens\.tfstate\.\d/) as string,
    ]);
  });
});
