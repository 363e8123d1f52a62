import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { FinishedCommand } from '../../lib/processes/child-process';
import type { SimulatedClient } from '../../rehearsal/webex/simulated-client';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { byProgram } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* The operators of `init` rotate a client secret without Terraform. Terraform does not notice the change. */

describeUnless(terraformUnavailable())('a deployment whose client secret is rotated', () => {
  let operated: OperatedVault;
  let client: SimulatedClient;
  let newSecret: string;
  let oldSecret: string;
  const printed: string[] = [];

  beforeAll(async () => {
    operated = await OperatedVault.start();
    await operated.init();
    await operated.deploy('terraform');
    await operated.authorize();
    client = operated.engine.webex.clients[0] as SimulatedClient;
    oldSecret = client.clientSecret;
    newSecret = randomBytes(32).toString('hex');
    Object.assign(client, { clientSecret: newSecret, formerSecret: oldSecret });
  });
  afterAll(() => operated[Symbol.asyncDispose]());

  async function program(verb: 'deploy' | 'diff', env: NodeJS.ProcessEnv = {}): Promise<FinishedCommand> {
    const environment = { ...operated.environment, VAULT_TOKEN: await operated.token('provisioner'), ...env };
    const ended = await byProgram(verb, 'webex-tokens', { output: operated.path('cdktf.out'), env: environment });
    printed.push(ended.stdout, ended.stderr);
    return ended;
  }

  async function refreshes(): Promise<number[]> {
    const before = operated.engine.refreshes.length;
    await operated.asRoot((root) => operated.engine.forceRefresh(root, 'testauth'));
    return operated.engine.refreshes.slice(before);
  }

  test('the engine refreshes with the new client secret after a rotation', async () => {
    writeFileSync(operated.path('new'), newSecret, { mode: 0o600 });
    writeFileSync(operated.path('old'), oldSecret, { mode: 0o600 });
    const files = ['--new-secret-file', operated.path('new'), '--old-secret-file', operated.path('old')];
    const args = ['webex-myapp', '--operators', operated.operators, ...files];
    const { exitCode, stdout, stderr } = await operated.run('rotate-secret', args);
    printed.push(stdout, stderr);
    expect(stderr).toMatch(
      /both client secrets.*\n"testauth" was refreshed\n.* only the new client secret\n"testauth" was refreshed\n$/,
    );
    expect(exitCode).toBe(0);
    client.formerSecret = undefined;
    expect(await refreshes()).toEqual([200]);
  });

  test('the plan after the rotation is empty and needs no secret', async () => {
    const { exitCode, stdout } = await program('diff');
    expect(stripVTControlCharacters(stdout)).toContain('No changes. Your infrastructure matches the configuration.');
    expect(exitCode).toBe(0);
  });

  test('a later deploy writes the new client secret', async () => {
    const integrations = operated.deployment.integrations.map((each) => ({ ...each, clientSecretVersion: 2 }));
    operated.declare({ integrations });
    const { exitCode } = await program('deploy', { TF_VAR_webex_myapp_client_secret: newSecret });
    expect(exitCode).toBe(0);
    expect(await refreshes()).toEqual([200]);
    expect((await program('diff')).stdout).toContain('No changes.');
  });

  test('the state and the output contain neither the old nor the new secret', () => {
    const states = readdirSync(operated.server.folder).filter((name) => name.includes('tfstate'));
    const state = states.map((name) => readFileSync(operated.path(name), 'utf8')).join('\n');
    expect(state).toContain('oauthapp/servers/webex-myapp');
    const text = [state, ...printed].join('\n');
    expect([newSecret, oldSecret].filter((secret) => text.includes(secret))).toEqual([]);
  });
});
