import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Webex checks a client secret before a deploy writes it. The Terraform is real, and Webex is simulated. */

describeUnless(terraformUnavailable())('a client secret that a deploy writes', () => {
  let deployed: DeployedVault;

  beforeAll(async () => (deployed = await DeployedVault.start()));
  afterAll(() => deployed[Symbol.asyncDispose]());

  test('deploy stops before the first change if Webex refuses the client secret', async () => {
    const [variable = ''] = Object.keys(deployed.secrets);
    const { exitCode, stdout, stderr } = await deployed.run('deploy', [], { [variable]: 'not-the-secret' });
    expect(stderr).toContain(`error: Webex refuses the client secret of integration "webex-myapp" in ${variable} (`);
    expect(stderr).toMatch(/set it to the secret that Webex shows for client id \S+; nothing was changed\n$/);
    expect(stdout + stderr).not.toContain('not-the-secret');
    expect(exitCode).toBe(1);
    await expect(deployed.rehearsal.admin.list('sys/policies/acl')).resolves.not.toContain('oauthapp-observer');
  });

  test('deploy writes the client secret with a note if Webex does not answer', async () => {
    const { deployment } = deployed;
    deployed.deployment = { ...deployment, webex: { ...deployment.webex, apiUrl: 'http://127.0.0.1:1/v1' } };
    const { exitCode, stderr } = await deployed.run('deploy');
    expect(stderr).toMatch(
      /^- Webex did not confirm the client secret of integration "webex-myapp" \(.*ECONNREFUSED.*\); it is written unchecked$/m,
    );
    expect(exitCode).toBe(0);
    await expect(deployed.rehearsal.admin.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
  });

  test('deploy ignores the client secret if nothing is to be written', async () => {
    const before = deployed.rehearsal.webex.requests.length;
    const { exitCode, stdout } = await deployed.run('deploy', [], {});
    expect(stdout).toContain('No changes.');
    expect(exitCode).toBe(0);
    expect(deployed.rehearsal.webex.requests).toHaveLength(before);
  });
});
