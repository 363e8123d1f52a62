import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCredential } from '#core';
import { TokenSource } from 'webex-token-client';
import { inspectPlugin } from '../../lib/declaration/files/plugin-binary';
import { findIntegration } from '../../lib/declaration/derived/by-name';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { consentUrlReply, fieldsReply } from '../../lib/vault/replies';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * The article's own setup: a plugin, a mount, an integration and a credential. All are made by hand with the root
 * token. The engine has its defaults, which delete grants. A deploy with the real Terraform imports the setup, and
 * nobody has to consent again.
 */

describeUnless(terraformUnavailable())('an engine that was made by hand', () => {
  let deployed: DeployedVault;
  /** Refresh token of the grant at Webex. */
  let refreshToken: string;
  let accessToken: string;

  beforeAll(async () => {
    deployed = await DeployedVault.start(exampleDeployment({ apps: [{ name: 'people-me', reads: ['testauth'] }] }));
    await setUpByHand();
    refreshToken = refreshTokens()[0] ?? '';
    accessToken = await present();
  });
  afterAll(() => deployed[Symbol.asyncDispose]());

  /** The steps of the article, by the API. */
  async function setUpByHand(): Promise<void> {
    const { admin, webex, deployment } = deployed.rehearsal;
    const { redirectUrl, clientId } = findIntegration(deployment, 'webex-myapp');
    await admin.write('sys/plugins/catalog/secret/oauthapp', inspectPlugin(deployment.engine.plugin, '/'));
    await admin.write('sys/mounts/oauthapp', { type: 'oauthapp' });
    await admin.write('oauthapp/servers/webex-myapp', {
      provider: 'custom',
      client_id: clientId,
      client_secret: Object.values(deployed.secrets)[0],
      provider_options: { auth_code_url: `${webex.apiUrl}/authorize`, token_url: `${webex.apiUrl}/access_token` },
    });
    const asked = { server: 'webex-myapp', redirect_url: redirectUrl, scopes: 'spark:people_read', state: '12345' };
    const { url } = (await admin.write('oauthapp/auth-code-url', asked, consentUrlReply)).data;
    const code = new URL(await webex.consent(url)).searchParams.get('code');
    await admin.write('oauthapp/creds/testauth', { server: 'webex-myapp', code, redirect_url: redirectUrl });
  }

  function refreshTokens(): string[] {
    return deployed.rehearsal.webex.grants.list().flatMap(({ type, value }) => (type === 'refresh' ? [value] : []));
  }

  async function present(): Promise<string> {
    return (await readCredential(deployed.rehearsal.admin.connection, 'oauthapp', 'testauth')).accessToken;
  }

  async function configuration(): Promise<Record<string, unknown>> {
    return (await deployed.rehearsal.admin.read('oauthapp/config', fieldsReply)).data;
  }

  function declare(engine: Partial<Deployment['engine']>): void {
    deployed.deployment = {
      ...deployed.deployment,
      engine: { ...deployed.rehearsal.deployment.engine, preventDestroy: true, ...engine },
    };
  }

  afterEach(async () => {
    // No new consent happened, and the grant is the same one.
    expect(deployed.rehearsal.webex.grants.count).toBe(1);
    expect(refreshTokens()).toEqual([refreshToken]);
    expect(await present()).toBe(accessToken);
  });

  test('the provisioner imports the engine in one deploy, while its token stays readable', async () => {
    declare({ import: true });
    const reading = new AbortController();
    const failures: unknown[] = [];
    const reads = (async () => {
      let count = 0;
      for (; !reading.signal.aborted; count++) {
        await present().catch((error: unknown) => failures.push(error));
        await sleep(50);
      }
      return count;
    })();
    const { stdout, stderr, exitCode } = await deployed.run('deploy');
    reading.abort();
    expect(await reads).toBeGreaterThan(10);
    expect(failures).toEqual([]);
    expect(stderr).not.toContain(' is lost');
    expect(stderr).toContain('- the engine at "oauthapp" is imported with its grants; ');
    expect(stdout).toMatch(/1 imported, \d+ added, 1 changed, 0 destroyed/);
    expect(exitCode).toBe(0);
  });

  test('the imported engine keeps its grants and refreshes them days ahead', async () => {
    expect(await configuration()).toMatchObject({
      tune_reap_check_interval_seconds: 0,
      tune_refresh_check_interval_seconds: 3600,
    });
  });

  test('the plan after the import is empty, and without the import the observer may read every grant', async () => {
    expect((await deployed.run('deploy', [], {})).stdout).toContain('Your infrastructure matches the configuration.');
    declare({});
    const { stdout } = await deployed.run('deploy', [], {});
    expect(stdout).toContain('Apply complete! Resources: 0 added, 1 changed, 0 destroyed.');
    expect(stdout).toMatch(/vault_policy\.observer_policy_\w+.* will be updated in-place/);
  });

  test('prevent_destroy guards the imported engine', async () => {
    const { stdout, stderr, exitCode } = await deployed.run('destroy');
    expect(stdout + stderr).toContain('prevent_destroy');
    expect(exitCode).toBe(1);
  });

  test('a declared app reads the credential with its own identity', async () => {
    const app = await deployed.rehearsal.appRole('people-me');
    const { address } = deployed.rehearsal.server;
    await using tokens = new TokenSource({ address, ...app, credential: 'testauth' });
    expect((await tokens.token()).accessToken).toBe(accessToken);
  });

  test('the state contains no secret after the import', async () => {
    const state = await readFile(deployed.path('webex-tokens.tfstate'), 'utf8');
    const secrets = [refreshToken, accessToken, ...Object.values(deployed.secrets)];
    expect(secrets.filter((secret) => state.includes(secret))).toEqual([]);
  });

  test('the imported engine refreshes the earlier grant with the secret that the deploy wrote', async () => {
    const { admin, webex } = deployed.rehearsal;
    const before = webex.requests.length;
    // No token lives for 99999999 s. The read refreshes the token and then fails.
    const forced = admin.read('oauthapp/creds/testauth?minimum_seconds=99999999');
    await forced.catch(() => undefined);
    const refreshes = webex.requests.slice(before).filter(({ grantType }) => grantType === 'refresh_token');
    expect(refreshes.map(({ status }) => status)).toEqual([200]);
    expect(await present()).not.toBe(accessToken);
    accessToken = await present();
  });
});
