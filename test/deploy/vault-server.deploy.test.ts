import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import { freePort } from '../../lib/processes/free-port';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { VaultClient } from '../../lib/vault/vault-client';
import { docker, dockerEngine, dockerLogs, dockerUnavailable } from '../fixtures/worlds/docker-engine';
import { succeeded } from '../fixtures/worlds/deployed-server';
import { EjectedStack } from '../fixtures/worlds/ejected-stack';
import { describeUnless } from '../fixtures/runs/left-out';
import { byProgram } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* Both stacks on an empty machine, with a dev-mode server in a container. */

const CLIENT_SECRET = 'the-client-secret-of-this-test';

describeUnless(terraformUnavailable() ?? dockerUnavailable())('deploy of vault-server', () => {
  const containerName = `webex-token-vault-test-${process.pid}`;
  let folder: string;
  let deployment: Deployment;
  let address: string;
  let rootToken: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    const engine = await dockerEngine();
    if (typeof engine === 'string') {
      throw new Error(engine);
    }
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    deployment = defineDeployment({
      vault: { server: { mode: 'dev', image: engine.image, port, containerName } },
      engine: { plugin: { path: await findOauthappPlugin() } },
      integrations: [{ name: 'webex-myapp', clientId: 'client', redirectUrl: 'http://localhost:5000/auth' }],
      credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
      apps: [{ name: 'people-me', reads: ['testauth'] }],
      backend: { type: 'local', config: { path: join(folder, '{stack}.tfstate') } },
    });
  });
  afterAll(async () => {
    // A failed test leaves its container running.
    await run('docker', ['rm', '--force', containerName]);
  });

  /** Runs the program. @throws Error with its output if it fails */
  async function program(verb: 'deploy' | 'destroy', stack: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const given = { ...deploymentInFile(folder, deployment), ...env };
    const args = verb === 'destroy' ? ['--allow-loss', 'testauth'] : [];
    succeeded(await byProgram(verb, stack, { output: folder, env: given, args }));
  }

  test('deploy starts a healthy container on loopback with the plugin read-only', async () => {
    await program('deploy', 'vault-server');
    const { sealed } = await new VaultClient({ address }).sealStatus();
    expect(sealed).toBe(false);
    const [container] = z
      .array(
        z.object({
          State: z.object({ Health: z.object({ Status: z.string() }) }),
          HostConfig: z.object({ PortBindings: z.record(z.string(), z.array(z.object({ HostIp: z.string() }))) }),
          Mounts: z.array(z.object({ Destination: z.string(), RW: z.boolean() })),
        }),
      )
      .parse(JSON.parse(await docker('inspect', containerName)));
    expect(container?.State.Health.Status).toBe('healthy');
    expect(Object.values(container?.HostConfig.PortBindings ?? {}).flat()).toEqual([{ HostIp: '127.0.0.1' }]);
    expect(container?.Mounts).toContainEqual({ Destination: '/openbao/plugins', RW: false });
  });

  test('a second plan is empty', async () => {
    const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
    const plan = await run(terraform, ['plan', '-input=false', '-detailed-exitcode'], {
      cwd: join(folder, 'stacks/vault-server'),
    });
    expect(plan).toMatchObject({ exitCode: 0 });
  });

  test('the plan in an ejected folder is empty', async () => {
    const declared = deploymentInFile(folder, deployment);
    const ejected = await EjectedStack.write({ declared, folder: join(folder, 'plain'), stack: 'vault-server' });
    await expect(ejected.plan({})).resolves.toEqual({});
  });

  test("the root token is in the server's log and in no state", async () => {
    rootToken = /^Root Token: (\S+)$/m.exec(await dockerLogs(containerName))?.[1] ?? '';
    expect(rootToken.length).toBeGreaterThan(20);
    expect(readFileSync(join(folder, 'vault-server.tfstate'), 'utf8')).not.toContain(rootToken);
    expect(await docker('inspect', containerName)).not.toContain(rootToken);
  });

  test('deploy of webex-tokens succeeds on the container, which runs the plugin', async () => {
    const env = { VAULT_ADDR: address, VAULT_TOKEN: rootToken, TF_VAR_webex_myapp_client_secret: CLIENT_SECRET };
    await program('deploy', 'webex-tokens', env);
    const vault = new VaultClient({ address, token: rootToken });
    await expect(vault.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
    expect(readFileSync(join(folder, 'webex-tokens.tfstate'), 'utf8')).not.toContain(CLIENT_SECRET);
  });

  test('destroy removes the container', async () => {
    await program('destroy', 'vault-server');
    await expect(docker('inspect', containerName)).rejects.toThrow('No such object');
  });
});
