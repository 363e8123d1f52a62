import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { steps } from '../fixtures/runs/steps';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';
import { shownOutput } from '../fixtures/pages/transcript';
import { Typist } from '../fixtures/pages/typist';
import { findServer } from '../../rehearsal/server/server-binary';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { writeShellEnvironment } from '../../rehearsal/shell-environment';

/*
 * The Terraform commands of README.md and docs/, typed on a rehearsal: the first deploy, later deploys, and the manual
 * archiving of the state.
 */

describeUnless(terraformUnavailable())('stack webex-tokens by the pages', () => {
  const step = steps();
  let rehearsal: Rehearsal;
  let typist: Typist;
  let environment: Record<string, string>;

  beforeAll(async () => {
    rehearsal = await Rehearsal.start({ declared: exampleDeployment() });
    typist = new Typist(
      Object.fromEntries(
        ['TF_CLI_CONFIG_FILE', 'TERRAFORM_BINARY_NAME'].flatMap((name) => {
          const value = process.env[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    );
    const { deployment, server } = rehearsal;
    // The declaration is a file in the folder, which the program finds by its name.
    const declared = { ...deployment, vault: { ...deployment.vault, address: server.address } };
    writeFileSync(join(typist.folder, 'deployment.ts'), `export default ${JSON.stringify(declared)};\n`);
    environment = { CHECKPOINT_DISABLE: '1' };
  });
  afterAll(async () => {
    typist[Symbol.dispose]();
    await rehearsal.stop();
  });

  const secret = (): string => Object.values(rehearsal.variables)[0] ?? '';
  const YES = ['Make these changes to stack webex-tokens?', 'y'] as const;

  step('README.md deploys it for the first time', async () => {
    const token = await rehearsal.operatorToken('provisioner');
    const screen = await typist.types('README.md', 'deploy', {
      env: environment,
      dialog: [['', token], ['', secret()], YES],
    });
    expect(screen).toMatch(/^role_ids\.people-me: [0-9a-f-]{36}$/m);
    // The tutorial shows the output of the same deploy.
    const printed = screen.replaceAll(/node \S+webex-token-vault\.js/g, 'webex-token-vault');
    expect(printed).toMatch(shownOutput('docs/tutorial.md', 'deploy'));
  });

  step('docs/tasks/deploy-to-an-existing-vault.md deploys the same, and changes nothing', async () => {
    const token = await rehearsal.operatorToken('provisioner');
    const screen = await typist.types('docs/tasks/deploy-to-an-existing-vault.md', 'deploy', {
      env: environment,
      dialog: [['', token], ['', secret()], YES],
    });
    expect(screen).toContain('No changes.');
  });

  step('docs/tutorial.md deploys it, and finds nothing to do', async () => {
    const token = await rehearsal.operatorToken('provisioner');
    const screen = await typist.types('docs/tutorial.md', 'deploy', {
      env: { ...environment, VAULT_TOKEN: token },
      dialog: [['', secret()], YES],
    });
    expect(screen).toContain('No changes.');
  });

  step('docs/tasks/import.md looks first, and finds nothing to do', async () => {
    const token = await rehearsal.operatorToken('provisioner');
    const screen = await typist.types('docs/tasks/import.md', 'adopt', {
      env: { ...environment, VAULT_TOKEN: token },
      dialog: [['', secret()], YES],
    });
    expect(screen).toContain('No changes.');
  });

  /** The browser opens the simulated Webex and consents. */
  async function consenting(typing: Promise<string>): Promise<string> {
    await fetch(await rehearsal.webex.consent(await typist.browses()));
    return typing;
  }

  step('docs/tasks/run-a-server.md deploys as the provisioner, authorizes and issues', async () => {
    const operators = join(dirname(await writeShellEnvironment(rehearsal, await findServer())), 'operators');
    environment = { ...environment, WEBEX_TOKEN_VAULT_OPERATORS: operators };
    const typing = typist.types('docs/tasks/run-a-server.md', 'inside', {
      env: environment,
      dialog: [['', secret()], YES],
    });
    const screen = await consenting(typing);
    expect(screen).toContain('Ada Admin');
    expect(screen).toContain('VAULT_ROLE_ID=');
  });

  step('docs/tasks/kubernetes.md deploys, authorizes and looks', async () => {
    await rehearsal.admin.delete('oauthapp/creds/testauth');
    const typing = typist.types('docs/tasks/kubernetes.md', 'inside', {
      env: environment,
      dialog: [['', secret()], YES],
    });
    expect(await consenting(typing)).toMatch(/testauth .*healthy/);
  });

  step(
    'docs/tasks/leave-cdktf.md ejects, plans no change, and writes the secret by the program and by bao',
    async () => {
      const { TERRAFORM_BINARY_NAME = 'terraform' } = process.env;
      const instead = { 'terraform -chdir': `${TERRAFORM_BINARY_NAME} -chdir` };
      const env = environment;
      const dialog = [
        ['', secret()],
        ['Enter a value:', 'yes'],
      ] as const;
      const WRITTEN = 'Resources: 2 added, 0 changed, 2 destroyed.';
      expect(await typist.types('docs/tasks/leave-cdktf.md', 'eject', { env })).toContain('terraform/README.md\n');
      expect(await typist.types('docs/tasks/leave-cdktf.md', 'plan', { env, instead })).toContain('No changes.');
      expect(await typist.types('docs/tasks/leave-cdktf.md', 'secret', { env, instead, dialog })).toContain(WRITTEN);
      typist.writeProgram('bao', `exec '${await findServer()}' "$@"`);
      expect(await typist.types('docs/tasks/leave-cdktf.md', 'bao', { env, instead, dialog })).toContain(WRITTEN);
    },
  );

  step('docs/tasks/move.md archives the state by hand', async () => {
    const { TERRAFORM_BINARY_NAME = 'terraform' } = process.env;
    const instead = { 'terraform -chdir': `${TERRAFORM_BINARY_NAME} -chdir` };
    const screen = await typist.types('docs/tasks/move.md', 'by-hand', { env: environment, instead });
    expect(screen).toMatch(/Successfully removed [1-9]\d* resource instance/);
    expect(existsSync(join(typist.folder, 'webex-tokens.old.tfstate'))).toBe(true);
  });
});
