import { readCredential } from '#core';
import { TOKEN_PATH } from '../../rehearsal/webex/endpoints/token-endpoint';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { runOnTerminal, type TerminalSession } from '../fixtures/programs/terminal';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Questions of `deploy` on a terminal, with the real Terraform. */

describeUnless(terraformUnavailable())('deploy on a terminal', () => {
  let deployed: DeployedVault;
  beforeAll(async () => (deployed = await DeployedVault.start()));
  afterAll(() => deployed[Symbol.asyncDispose]());

  function deploy(...dialog: (readonly [prompt: string, answer: string])[]): Promise<TerminalSession> {
    const { TF_CLI_CONFIG_FILE = '', TERRAFORM_BINARY_NAME = '' } = process.env;
    const env = { TF_CLI_CONFIG_FILE, TERRAFORM_BINARY_NAME, ...deployed.environment, ...deployed.secrets };
    return runOnTerminal('deploy', ['webex-tokens'], env, dialog);
  }

  test('deploy asks for confirmation, and changes nothing if the answer is no', async () => {
    const { exitCode, screen } = await deploy(['Make these changes to stack webex-tokens?', 'n']);
    expect(screen).toContain('- app "people-me" may now read "testauth"\r\n');
    expect(screen).toContain('error: stack webex-tokens was not changed\r\n');
    expect(exitCode).toBe(1);
    await expect(deployed.rehearsal.admin.list('auth/approle/role')).rejects.toThrow('404');
  });

  test('deploy changes nothing if the person presses Ctrl-C', async () => {
    const { exitCode, screen } = await deploy(['Make these changes to stack webex-tokens?', '\u0003']);
    expect(screen).toMatch(/interrupted\r\n$/);
    expect(exitCode).toBe(130);
    await expect(deployed.rehearsal.admin.list('auth/approle/role')).rejects.toThrow('404');
  });

  test('deploy applies the plan if the answer is yes, in colors, and prints outputs that can be pasted', async () => {
    const { exitCode, screen } = await deploy(['Make these changes to stack webex-tokens?', 'y']);
    expect(screen).toContain('\u001B[32m');
    expect(screen).toMatch(/^role_ids\.people-me: [0-9a-f-]{36}\r$/m);
    expect(exitCode).toBe(0);
  });

  test('deploy names the scopes that a grant gets only by a new consent', async () => {
    const before = deployed.deployment;
    const credentials = before.credentials.map((each) => ({ ...each, scopes: [...each.scopes, 'spark:rooms_read'] }));
    deployed.deployment = { ...before, credentials };
    const { exitCode, screen } = await deploy(['Make these changes to stack webex-tokens?', 'n']);
    deployed.deployment = before;
    expect(screen).toContain(
      '- credential "testauth" asks for "spark:rooms_read" more; its grant does not have them until it is authorized anew: npx --no-install webex-token-vault authorize testauth --pkce --replace\r\n',
    );
    expect(exitCode).toBe(1);
  });

  describe('if a grant would be lost', () => {
    const renamed = 'Type the name of credential "testauth" to accept its loss:';

    beforeAll(async () => {
      await deployed.authorize();
      // Webex would refuse the secret, because it does not know the new client id.
      deployed.rehearsal.webex.behavior.fault = { path: TOKEN_PATH, status: 503 };
      const [integration] = deployed.deployment.integrations;
      deployed.token = deployed.rehearsal.server.rootToken;
      deployed.deployment = {
        ...deployed.deployment,
        integrations: deployed.deployment.integrations.map((each) => ({
          ...each,
          clientId: `${integration?.clientId}0`,
        })),
      };
    });

    test('deploy accepts only the name of the credential whose grant would be lost', async () => {
      const { exitCode, screen } = await deploy([renamed, 'yes']);
      expect(screen).toContain(
        '- credential "testauth" is lost: integration "webex-myapp" gets another client id, and Webex refreshes for the old one only; only a person can consent again\r\n',
      );
      expect(screen).toContain('error: stack webex-tokens was not changed\r\n');
      expect(exitCode).toBe(1);
      await expect(readCredential(deployed.rehearsal.admin.connection, 'oauthapp', 'testauth')).resolves.toBeDefined();
    });

    test('deploy applies the change after the person types the name of the credential', async () => {
      const { exitCode, screen } = await deploy(
        [renamed, 'testauth'],
        ['Make these changes to stack webex-tokens?', 'y'],
      );
      expect(screen).toContain('Apply complete!');
      expect(exitCode).toBe(0);
    });
  });
});
