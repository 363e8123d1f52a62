import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { fieldsReply } from '../../lib/vault/replies';
import { OIDC_SECRET_VARIABLE } from '../../lib/declaration/schema/operators-declaration';
import type { FinishedCommand } from '../../lib/processes/child-process';
import { freePort } from '../../lib/processes/free-port';
import { describeUnless } from '../fixtures/runs/left-out';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { byProgram } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* Operators who log in by OIDC, deployed by the real Terraform on a server of ours. */

describeUnless(terraformUnavailable())('a deployment whose operators are people', () => {
  let provider: OidcProvider;
  let operated: OperatedVault;
  const printed: string[] = [];

  beforeAll(async () => {
    const redirectUrl = `http://localhost:${await freePort()}/oidc/callback`;
    provider = await OidcProvider.start({ redirectUris: [redirectUrl] });
    const { issuer, ca, clientId } = provider;
    operated = await OperatedVault.start();
    const groups = { authorizer: ['webex-admins', 'admins'], issuer: ['app-owners'] };
    operated.declare({
      operators: {
        oidc: { issuer, issuerCaPem: ca, clientId, scopes: ['groups'], groups, redirectUrls: [redirectUrl] },
      },
    });
    await operated.init();
  });
  afterAll(async () => {
    await operated[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  async function program(verb: 'deploy' | 'diff' | 'destroy', env: NodeJS.ProcessEnv = {}): Promise<FinishedCommand> {
    const environment = { ...operated.environment, VAULT_TOKEN: await operated.token('provisioner'), ...env };
    const ended = await byProgram(verb, 'webex-tokens', { output: operated.path('cdktf.out'), env: environment });
    printed.push(ended.stdout, ended.stderr);
    return { ...ended, stdout: stripVTControlCharacters(ended.stdout) };
  }

  const integration = () => ({ TF_VAR_webex_myapp_client_secret: operated.engine.clientSecret });
  const secret = () => ({ [`TF_VAR_${OIDC_SECRET_VARIABLE}`]: provider.clientSecret });

  async function logIn(operator: string, group: string): Promise<ScriptResult> {
    const script = new Script('token', [operator, '--oidc', '--no-open'], operated.environment);
    const [, url = ''] = await script.says(/Log in on this page:\n\n {2}(\S+)/);
    await fetch(await provider.signIn(url, { groups: [group] }));
    return script.result();
  }

  function declareOidc(changes: object): void {
    const { oidc } = operated.deployment.operators ?? {};
    operated.declare({ operators: { oidc: oidc && { ...oidc, ...changes } } });
  }

  test('deploy stops before the first change if the OIDC client secret is missing', async () => {
    const { stderr, exitCode } = await program('deploy', integration());
    expect(stderr).toContain(
      'error: the client secret of operators.oidc must be written, but TF_VAR_operators_oidc_client_secret is not set; set it to the secret that the identity provider shows for it; nothing was changed\n',
    );
    expect(exitCode).toBe(1);
    expect(readdirSync(operated.server.folder).filter((name) => name.includes('tfstate'))).toEqual([]);
  });

  test('the provisioner from init deploys the OIDC method, and people log in', async () => {
    const { exitCode, stderr } = await program('deploy', { ...integration(), ...secret() });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await logIn('authorizer', 'admins')).toMatchObject({ exitCode: 0 });
    expect(await logIn('issuer', 'admins')).toMatchObject({ exitCode: 5 });
  });

  test('the next plan is empty and needs no secret', async () => {
    const { exitCode, stdout } = await program('diff');
    expect(stdout).toContain('No changes. Your infrastructure matches the configuration.');
    expect(exitCode).toBe(0);
  });

  test('deploy requires and writes only the client secret if its version is raised', async () => {
    declareOidc({ clientSecretVersion: 2 });
    expect((await program('deploy')).stderr).toContain('TF_VAR_operators_oidc_client_secret is not set');
    expect(await logIn('authorizer', 'webex-admins')).toMatchObject({ exitCode: 0 });
    const { stdout, exitCode } = await program('deploy', secret());
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Plan: 2 to add, 0 to change, 2 to destroy.');
    expect(await logIn('authorizer', 'webex-admins')).toMatchObject({ exitCode: 0 });
    expect((await program('diff')).stdout).toContain('No changes.');
  });

  test('a consent site adds its callback to the role of the authorizer alone, and takes it away again', async () => {
    const { integrations } = operated.deployment;
    const redirects = async () =>
      operated.asRoot((root) =>
        Promise.all(
          ['authorizer', 'issuer'].map(
            async (role) => (await root.read(`auth/oidc/role/${role}`, fieldsReply)).data.allowed_redirect_uris,
          ),
        ),
      );
    const before = await redirects();
    const [authorizer = []] = before as string[][];
    const redirectUrl = 'https://grants.example.com/webex/callback';
    operated.declare({ integrations: integrations.map((each) => ({ ...each, redirectUrl })) });
    const { stdout, exitCode } = await program('deploy');
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    const [withSite, issuer] = await redirects();
    expect(new Set(withSite as string[])).toEqual(
      new Set([...authorizer, 'https://grants.example.com/webex/oidc/callback']),
    );
    expect(issuer).toEqual(before[1]);
    expect((await program('diff')).stdout).toContain('No changes.');
    operated.declare({ integrations });
    expect(await program('deploy')).toMatchObject({ exitCode: 0 });
    expect(await redirects()).toEqual(before);
  });

  test('deploy detects and reverts a change that somebody made directly in Vault', async () => {
    await operated.asRoot(async (root) => {
      const discovery = { oidc_discovery_url: provider.issuer, oidc_discovery_ca_pem: provider.ca };
      await root.write('auth/oidc/config', { ...discovery, oidc_client_id: 'other', oidc_client_secret: 'other' });
      const { data } = await root.read('auth/oidc/role/issuer', fieldsReply);
      await root.write('auth/oidc/role/issuer', { ...data, bound_claims: { groups: ['friends'] } });
    });
    const { stdout, exitCode } = await program('deploy', secret());
    expect(stdout).toContain('Plan: 1 to add, 2 to change, 1 to destroy.');
    expect(exitCode).toBe(0);
    expect(await logIn('issuer', 'app-owners')).toMatchObject({ exitCode: 0 });
    expect(await logIn('issuer', 'friends')).toMatchObject({ exitCode: 5 });
    expect((await program('diff')).stdout).toContain('No changes.');
  });

  test('deploy removes an operator that is no longer declared, even if its policy is removed already', async () => {
    declareOidc({ groups: { authorizer: ['webex-admins'] }, scopes: ['groups', 'profile'] });
    const updated = await operated.runWith(
      'operators update',
      ['--operators', operated.operators],
      (await operated.keyShares()).slice(0, 3),
    );
    expect(updated.exitCode).toBe(0);
    const { stdout, exitCode } = await program('deploy');
    expect(stdout).toContain('Plan: 0 to add, 1 to change, 2 to destroy.');
    expect(exitCode).toBe(0);
    expect(await operated.asRoot((root) => root.list('auth/oidc/role'))).toEqual(['authorizer']);
    expect((await program('diff')).stdout).toContain('No changes.');
  });

  test('deploy removes the OIDC method if it is no longer declared', async () => {
    operated.declare({ operators: undefined });
    expect(await program('deploy')).toMatchObject({ exitCode: 0 });
    expect((await program('diff')).stdout).toContain('No changes.');
    expect((await operated.run('token', ['authorizer', '--oidc'])).stderr).toMatch(/declares no operators\.oidc/);
  });

  test('the client secret appears neither in a state nor in the output', () => {
    const states = readdirSync(operated.server.folder).filter((name) => name.includes('tfstate'));
    const state = states.map((name) => readFileSync(operated.path(name), 'utf8')).join('\n');
    expect(state).toContain('auth/oidc/config');
    expect([state, ...printed].join('\n').includes(provider.clientSecret)).toBe(false);
  });
});
