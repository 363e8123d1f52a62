import { stripVTControlCharacters } from 'node:util';
import { readCredential } from '#core';
import { NOTE } from '../../lib/declaration/declared/note';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { authorize } from '../../lib/grants/consent/ways/code-grant';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { runCommand } from '../fixtures/programs/command-run';
import { describeUnless } from '../fixtures/runs/left-out';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* A family of credentials that gets and loses an organization, with the real Terraform. */

/** Neither the policy of the other app nor a role is one of them. */
const THE_THREE = {
  [NOTE]: 'updated',
  'vault_policy.app-report_policy_5E96A851': 'updated',
  'vault_policy.authorizer_policy_78A2132E': 'updated',
};
const CHANGED = /^ {2}# (\S+) will be (\S+)/gm;

describeUnless(terraformUnavailable())('a family of credentials', () => {
  let deployed: DeployedVault;

  beforeAll(async () => {
    deployed = await DeployedVault.start(exampleDeployment(family('acme', 'globex')));
    expect(await deployed.run('deploy')).toMatchObject({ exitCode: 0 });
    await consent('people-me-acme');
    await consent('people-me-globex');
  });
  afterAll(() => deployed[Symbol.asyncDispose]());

  function family(...names: string[]) {
    return {
      credentials: [
        {
          name: 'people-me',
          integration: 'webex-myapp',
          scopes: ['spark:people_read'],
          organizations: names.map((name) => ({ name })),
        },
      ],
      apps: [
        { name: 'report', reads: ['people-me'] },
        { name: 'acme-report', reads: ['people-me-acme'] },
      ],
    };
  }

  function declare(...names: string[]): void {
    const { credentials, apps } = defineDeployment({ ...deployed.deployment, ...family(...names) });
    deployed.deployment = { ...deployed.deployment, credentials, apps };
  }

  async function consent(credentialName: string): Promise<void> {
    const { admin, webex } = deployed.rehearsal;
    const { deployment } = deployed;
    await authorize({ vault: admin, deployment, credentialName, onUrl: (url) => webex.follow(url) });
  }

  /** @returns the change of each planned resource, and everything that was said */
  async function deploy() {
    const { exitCode, stdout, stderr } = await deployed.run('deploy', [], {});
    const said = stripVTControlCharacters(stdout) + stripVTControlCharacters(stderr);
    expect({ exitCode, said }).toMatchObject({ exitCode: 0 });
    return { said, changes: Object.fromEntries([...said.matchAll(CHANGED)].map(([, name = '', how]) => [name, how])) };
  }

  const read = (credential: string) => readCredential(deployed.rehearsal.admin.connection, 'oauthapp', credential);

  test('a new organization changes only policies and the note, and names the consent that is due', async () => {
    declare('acme', 'globex', 'newco');
    const { said, changes } = await deploy();
    expect(changes).toEqual(THE_THREE);
    expect(said).toContain('- credential "people-me-newco" is new, and a consent is due: ');
    expect(said).toContain('- app "report" may now read "people-me-newco"\n');
    await expect(read('people-me-acme')).resolves.toBeDefined();
    await expect(read('people-me-globex')).resolves.toBeDefined();
    await consent('people-me-newco');
    await expect(read('people-me-newco')).resolves.toBeDefined();
  });

  test('an organization that is removed first keeps its grant, and deploy names the way to revoke it', async () => {
    declare('acme', 'newco');
    const { said, changes } = await deploy();
    expect(changes).toEqual(THE_THREE);
    expect(said).toContain('- app "report" may no longer read "people-me-globex"\n');
    const [, command = ''] =
      /"people-me-globex" is no longer declared; .* declare the credential again, deploy, and type: npx .* webex-token-vault (.*)$/m.exec(
        said,
      ) ?? [];
    for (const name of ['acme', 'globex', 'newco']) {
      await expect(read(`people-me-${name}`)).resolves.toBeDefined();
    }
    declare('acme', 'globex', 'newco');
    await deploy();
    const [verb = '', ...args] = command.split(' ');
    const VAULT_TOKEN = await deployed.rehearsal.operatorToken('authorizer');
    const revoked = await runCommand(verb, [...args, '--yes'], { ...deployed.environment, VAULT_TOKEN });
    expect(revoked).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"people-me-globex" is deleted') as string,
    });
    await expect(read('people-me-globex')).rejects.toThrow();
  });
});
