import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import { generateToken } from '../../lib/server/keys/root-token';
import type { VaultClient } from '../../lib/vault/vault-client';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * Stack `webex-tokens` on a production server, deployed by the command line of docs/tasks/run-a-server.md with the real
 * Terraform.
 */

describeUnless(terraformUnavailable())('webex-token-vault exec provisioner -- npm run deploy -- webex-tokens', () => {
  let operated: OperatedVault;
  let root: VaultClient;

  beforeAll(async () => {
    operated = await OperatedVault.start();
    await operated.init();
    const administrator = await operated.as('administrator');
    root = administrator.withToken(await generateToken(administrator, 'root token', await operated.keyShares()));
  });
  afterAll(async () => {
    await operated[Symbol.asyncDispose]();
    const deployment = relative(PROJECT_FOLDER, join(operated.server.folder, 'deployment'));
    rmSync(join(PROJECT_FOLDER, 'cdktf.out', encodeURIComponent(deployment)), { recursive: true, force: true });
  });

  function deploy(env: NodeJS.ProcessEnv = {}): Promise<FinishedCommand> {
    const backend = { type: 'local', config: { path: join(operated.server.folder, '{stack}.tfstate') } } as const;
    const deploying = ['npm', 'run', 'deploy', '--', 'webex-tokens', '--auto-approve'];
    const executing = ['--no-install', 'webex-token-vault', 'exec', 'provisioner', '--operators', operated.operators];
    return run('npx', [...executing, '--', ...deploying], {
      cwd: PROJECT_FOLDER,
      env: {
        ...process.env,
        ...operated.environment,
        ...deploymentInFile(operated.server.folder, { ...operated.deployment, backend }),
        CI: 'true',
        ...env,
      },
    });
  }

  test('exec provisioner deploys, finds no change the second time, and leaves no token', async () => {
    const before = await root.list('auth/token/accessors');
    const secret = { [`TF_VAR_${clientSecretVariable('webex-myapp')}`]: operated.engine.clientSecret };
    const first = await deploy(secret);
    expect(first.stdout + first.stderr).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/);
    expect(first.exitCode).toBe(0);
    const again = await deploy();
    expect(again.stdout + again.stderr).toMatch(/No changes|0 added, 0 changed, 0 destroyed/);
    expect(again.exitCode).toBe(0);
    await expect(root.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
    await expect(root.list('auth/token/accessors')).resolves.toEqual(before);
  });
});
