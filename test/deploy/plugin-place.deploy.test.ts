import { basename } from 'node:path';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* An existing Vault whose plugin directory another administrator fills, with the real Terraform. */

describeUnless(terraformUnavailable())('a Vault whose plugin directory lacks the plugin', () => {
  let deployed: DeployedVault;

  beforeAll(async () => {
    deployed = await DeployedVault.start();
    declarePlugin('not-there');
  });
  afterAll(() => deployed[Symbol.asyncDispose]());

  function declarePlugin(command: string): void {
    const { engine } = deployed.deployment;
    deployed.deployment = {
      ...deployed.deployment,
      engine: { ...engine, plugin: { ...engine.plugin, command } },
    };
  }

  const place = (name: string): RegExp =>
    new RegExp(
      `plugin "${name}" must be in the plugin_directory of each node, with mode 0755 and sha256 [0-9a-f]{64}; it must be built for the node's GOOS and GOARCH; each node's configuration needs plugin_directory and api_addr\\n`,
    );

  test('deploy names the missing plugin before the first change, and again below the error of the server', async () => {
    const { exitCode, stderr } = await deployed.run('deploy');
    const [before = '', after = ''] = stderr.split(/(?=Error: )/);
    expect(before).toMatch(place('not-there'));
    expect(after).toMatch(/no such file or directory/);
    expect(after).toMatch(place('not-there'));
    expect(stderr).toContain('\nerror: stack webex-tokens was not applied completely');
    expect(exitCode).toBe(1);
  });

  test('deploy succeeds after the plugin is in the plugin directory', async () => {
    const name = basename(await findOauthappPlugin());
    declarePlugin(name);
    const { exitCode, stderr } = await deployed.run('deploy');
    expect(stderr).toMatch(place(name));
    expect([exitCode, stderr.match(/^error.*$/m)?.[0]]).toEqual([0, undefined]);
    expect((await deployed.run('diff')).stderr).not.toContain('plugin_directory');
  });
});
