import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { readCredential } from '#core';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { TOKEN_PATH } from '../../rehearsal/webex/endpoints/token-endpoint';
import { authorize } from '../../lib/grants/consent/ways/code-grant';
import { authorizeByPkce } from '../../lib/grants/consent/ways/pkce-grant';
import { mountsReply } from '../../lib/vault/replies';
import type { Grant } from '../../lib/grants/consent/grant';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { describeUnless } from '../fixtures/runs/left-out';
import { byCdktf, byProgram } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * Stack `webex-tokens` as its users deploy it: by the program and by CDKTF. Terraform and its providers are real. The
 * deploy has the provisioner's policy.
 */

const WRONG_SECRET = 'a-client-secret-that-webex-does-not-know';

const declared = exampleDeployment();

describeUnless(terraformUnavailable())('deploy of webex-tokens', () => {
  let rehearsal: Rehearsal;
  let token: string;
  let secret: string;
  const printed: string[] = [];

  beforeAll(async () => {
    rehearsal = await Rehearsal.start({ declared });
    secret = Object.values(rehearsal.variables)[0] ?? '';
    token = await rehearsal.operatorToken('provisioner');
  });
  afterAll(() => rehearsal.stop());

  /** The rehearsal's deployment with another version of the client secret. The state is in the rehearsal's folder. */
  function deployment(clientSecretVersion: number, pluginName?: string): Deployment {
    const { engine, integrations } = rehearsal.deployment;
    return {
      ...rehearsal.deployment,
      engine: { ...engine, plugin: { ...engine.plugin, name: pluginName ?? engine.plugin.name } },
      backend: { type: 'local', config: { path: join(rehearsal.folder, '{stack}.tfstate') } },
      integrations: integrations.map((integration) => ({ ...integration, clientSecretVersion })),
    };
  }

  interface Wanted {
    readonly version: number;
    readonly pluginName?: string;
    readonly secret?: string;
  }

  function environment({ version, pluginName, secret: given }: Wanted): NodeJS.ProcessEnv {
    return {
      ...deploymentInFile(rehearsal.folder, deployment(version, pluginName)),
      VAULT_ADDR: rehearsal.server.address,
      VAULT_TOKEN: token,
      ...(given === undefined ? {} : { [`TF_VAR_${clientSecretVariable('webex-myapp')}`]: given }),
    };
  }

  async function finished(underWay: Promise<FinishedCommand>): Promise<FinishedCommand> {
    const ended = await underWay;
    printed.push(ended.stdout, ended.stderr);
    return ended;
  }

  function program(verb: 'deploy' | 'destroy', wanted: Wanted, ...args: string[]): Promise<FinishedCommand> {
    return finished(byProgram(verb, 'webex-tokens', { output: rehearsal.folder, env: environment(wanted), args }));
  }

  function cdktf(verb: 'deploy' | 'destroy', wanted: Wanted): Promise<FinishedCommand> {
    return finished(byCdktf(verb, 'webex-tokens', { output: rehearsal.folder, env: environment(wanted) }));
  }

  function terraform(args: string[], version: number): Promise<FinishedCommand> {
    return finished(
      run(process.env.TERRAFORM_BINARY_NAME ?? 'terraform', args, {
        cwd: join(rehearsal.folder, 'stacks/webex-tokens'),
        env: { ...process.env, CHECKPOINT_DISABLE: '1', ...environment({ version }) },
      }),
    );
  }

  function plan(version: number): Promise<FinishedCommand> {
    return terraform(['plan', '-input=false', '-detailed-exitcode', '-out=saved.tfplan'], version);
  }

  async function authorized(): Promise<Grant> {
    return authorize({
      vault: rehearsal.admin.withToken(await rehearsal.operatorToken('authorizer')),
      deployment: rehearsal.deployment,
      credentialName: 'testauth',
      onUrl: async (url) => {
        await fetch(await rehearsal.webex.consent(url));
      },
    });
  }

  test('deploy without the client secret stops before the first change and names the variable to set', async () => {
    const { exitCode, stderr } = await program('deploy', { version: 1 });
    expect(stderr).toContain(
      'error: the client secret of integration "webex-myapp" must be written, but TF_VAR_webex_myapp_client_secret is not set; ',
    );
    expect(exitCode).toBe(1);
    await expect(rehearsal.admin.read('sys/mounts/oauthapp')).rejects.toThrow('400');
  });

  test('deploy with the client secret applies everything under the provisioner policy and prints the outputs', async () => {
    // Deploy writes a wrong secret only if Webex does not answer. Later refreshes then show which secret is in use.
    rehearsal.webex.behavior.fault = { path: TOKEN_PATH, status: 503 };
    const { exitCode, stdout, stderr } = await program('deploy', { version: 1, secret: WRONG_SECRET });
    rehearsal.webex.behavior.fault = undefined;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('- the client secret of integration "webex-myapp" is written\n');
    expect(stdout).toMatch(/^role_ids\.people-me: [0-9a-f-]{36}$/m);
    // Colors are for terminals.
    expect(stdout).not.toContain('\u001b[');
    await expect(rehearsal.admin.list('oauthapp/servers')).resolves.toEqual(['webex-myapp']);
  });

  test('the second plan is empty and needs no secret', async () => {
    expect((await plan(1)).exitCode).toBe(0);
  });

  test('CDKTF finds no change after a deploy by the program', async () => {
    const { exitCode, stdout, stderr } = await cdktf('deploy', { version: 1 });
    expect(stripVTControlCharacters(stdout + stderr)).toContain('No changes. Your infrastructure matches');
    expect(exitCode).toBe(0);
  });

  test('the engine uses the client secret that was given', async () => {
    await expect(authorized()).rejects.toThrow('invalid_client');
  });

  test('deploy writes the client secret if its version is raised', async () => {
    expect((await cdktf('deploy', { version: 2, secret })).exitCode).toBe(0);
    await expect(authorized()).resolves.toMatchObject({ person: { displayName: 'Ada Admin' } });
    expect((await plan(2)).exitCode).toBe(0);
  });

  test('the program finds no change after a deploy by CDKTF', async () => {
    const { exitCode, stdout } = await program('deploy', { version: 2 });
    expect(stdout).toContain('Your infrastructure matches the configuration.');
    expect(exitCode).toBe(0);
  });

  test('deploy refuses a raised version without the client secret, and the old secret stays in use', async () => {
    const { exitCode, stdout, stderr } = await program('deploy', { version: 3 });
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain('TF_VAR_webex_myapp_client_secret');
    await expect(
      authorizeByPkce({
        vault: rehearsal.admin,
        deployment: rehearsal.deployment,
        credentialName: 'testauth',
        replace: true,
        clientSecret: () => Promise.resolve(rehearsal.variables[clientSecretVariable('webex-myapp')] ?? ''),
        onUrl: async (url) => {
          await fetch(await rehearsal.webex.consent(url));
        },
      }),
    ).resolves.toMatchObject({ person: { displayName: 'Ada Admin' } });
  });

  test('the state, the plan and the output contain no secret', async () => {
    const { accessToken } = await readCredential(rehearsal.admin.connection, 'oauthapp', 'testauth');
    await terraform(['show', '-json', 'saved.tfplan'], 2);
    const files = filesBelow(rehearsal.folder);
    expect(files.some((file) => file.endsWith('webex-tokens.tfstate'))).toBe(true);
    expect(files.some((file) => file.endsWith('saved.tfplan'))).toBe(true);
    const everything = [...files.map((file) => readFileSync(file, 'utf8')), ...printed].join('\n');
    expect(everything).toContain('oauthapp-app-people-me');
    for (const value of [secret, WRONG_SECRET, token, accessToken]) {
      expect(value.length).toBeGreaterThan(20);
      expect(everything.includes(value)).toBe(false);
    }
  });

  test('deploy refuses another plugin name, which would replace the mount and its grants', async () => {
    const provisioner = token;
    // The test needs the root token, because a provisioner cannot manage plugins of both names.
    token = rehearsal.server.rootToken;
    const refused = await program('deploy', { version: 2, pluginName: 'other', secret });
    expect(refused.stderr).toMatch(
      /^error: this would lose the grant of "testauth", so nothing was changed; .*--allow-loss testauth$/m,
    );
    expect(refused.exitCode).toBe(1);
    const { exitCode, stdout, stderr } = await cdktf('deploy', { version: 2, pluginName: 'other', secret });
    expect(stdout + stderr).toContain('path is already in use at oauthapp/');
    expect(exitCode).not.toBe(0);
    await expect(readCredential(rehearsal.admin.connection, 'oauthapp', 'testauth')).resolves.toBeDefined();
    expect((await cdktf('deploy', { version: 2, secret })).exitCode).toBe(0);
    await expect(readCredential(rehearsal.admin.connection, 'oauthapp', 'testauth')).resolves.toBeDefined();
    token = provisioner;
  });

  test('destroy leaves nothing behind', async () => {
    expect((await program('destroy', { version: 2, secret }, '--allow-loss', 'testauth')).exitCode).toBe(0);
    const mounts = await rehearsal.admin.read('sys/mounts', mountsReply);
    expect(Object.keys(mounts.data)).not.toContain('oauthapp/');
    const policies = await rehearsal.admin.list('sys/policies/acl');
    expect(policies.filter((name) => name.startsWith('oauthapp'))).toEqual([
      policyNameOf(declared.engine.mountPath, 'provisioner'),
    ]);
  });
});

/** All files below a folder, except the providers. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('.terraform/providers'))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
