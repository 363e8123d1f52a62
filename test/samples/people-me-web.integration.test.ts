import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';
import { loginAppRole, NotDeployed, NotPermitted, readCredential } from '#core';
import { TokenSource } from 'webex-token-client';
import { freePort } from '../../lib/process/free-port';
import type { VaultClient } from '../../lib/vault/vault-client';
import { Authorization } from '../../samples/people-me-web/authorization';
import { Engine } from '../../samples/people-me-web/engine';
import { refuseExcessiveRights, requireRights } from '../../samples/people-me-web/rights';
import { serve } from '../../samples/people-me-web/serve';
import { createWebApp } from '../../samples/people-me-web/web-app';
import { NO_CHROMIUM, openChromium } from '../fixtures/pages/chromium';
import { describeUnless } from '../fixtures/runs/left-out';
import { givingExpired } from '../fixtures/worlds/giving-expired';
import { runScript, Script } from '../fixtures/programs/script';
import { WrittenVault } from '../../rehearsal/written-vault';

const ADA = 'ada.admin@example.com';
const BLAKE = 'blake.backup@example.com';

let vault: WrittenVault;
let authorizer: VaultClient;
let reader: VaultClient;
let engine: Engine;
let site: string;
let tokens: TokenSource;
let server: AsyncDisposable;
const notices: string[] = [];
let clock = 0;

beforeAll(async () => {
  vault = await WrittenVault.start({
    credentials: [
      { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'], owner: ADA },
      { name: 'other', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    ],
  });
  authorizer = await vault.authorizer();
  const app = await vault.appLogin('people-me');
  const { token } = await loginAppRole(vault.admin.connection, app);
  reader = vault.admin.withToken(token);

  const credential = { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'], owner: ADA };
  const redirectUrl = new URL(vault.deployment.integrations[0]?.redirectUrl ?? '');
  const notice = (line: string) => notices.push(line);
  tokens = new TokenSource({
    address: vault.server.address,
    credential: 'testauth',
    ...app,
    retry: { attempts: 1 },
    holdOffMs: 0,
  });
  engine = new Engine(authorizer.connection, 'oauthapp', redirectUrl.href);
  const authorization = new Authorization({ credential, engine, tokens, apiUrl: vault.webex.apiUrl, notice });
  server = await serve(
    createWebApp({ authorization, credential, redirectUrl, notice, now: () => Date.now() + clock }),
    redirectUrl,
  );
  site = redirectUrl.origin;
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await tokens[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

beforeEach(async () => {
  notices.length = 0;
  clock = 0;
  vault.webex.behavior.fault = undefined;
  await vault.admin.delete('oauthapp/creds/testauth');
  // The app caches what it read; Webex refuses that from here on, so that it reads again.
  vault.webex.revokeGrants();
});

async function stored(): Promise<boolean> {
  return readCredential(vault.admin.connection, 'oauthapp', 'testauth').then(
    () => true,
    () => false,
  );
}

/** The engine holds what it has for expired, so the next read refreshes it. */
function expireInEngine(): Promise<void> {
  return givingExpired(vault.webex, () => vault.engine.forceRefresh(vault.admin, 'testauth'));
}

function exchanges(): number {
  return vault.webex.requests.filter(({ grantType }) => grantType === 'authorization_code').length;
}

describe('what the app may do at Vault', () => {
  it.each([
    ['GET', 'oauthapp/creds/other', 'reader'],
    ['PUT', 'oauthapp/creds/testauth', 'reader'],
    ['PUT', 'oauthapp/auth-code-url', 'reader'],
    ['PUT', 'oauthapp/config', 'both'],
    ['GET', 'oauthapp/config', 'both'],
    ['PUT', 'oauthapp/servers/webex-myapp', 'both'],
    ['GET', 'sys/mounts', 'both'],
    ['PUT', 'sys/policies/acl/more', 'both'],
    ['PUT', 'auth/token/create', 'both'],
    ['PUT', 'auth/approle/role/people-me/secret-id', 'both'],
  ])('does not include %s %s (%s)', async (method, path, who) => {
    for (const client of who === 'both' ? [authorizer, reader] : [reader]) {
      const request = method === 'GET' ? client.read(path, z.unknown()) : client.write(path, {});
      await expect(request).rejects.toMatchObject({ statusCode: 403 });
    }
  });

  it("is checked before it serves: an administrator's token is refused", async () => {
    await refuseExcessiveRights(engine, (line) => notices.push(line));
    expect(notices).toEqual([]);
    const administrator = new Engine(vault.admin.connection, 'oauthapp', engine.redirectUrl);
    await expect(refuseExcessiveRights(administrator, () => undefined)).rejects.toThrow(
      'this Vault token may do more than authorize: it has "root" on oauthapp/config; give the app one that has policy "oauthapp-authorizer" only',
    );
  });
});

describe('the command', () => {
  async function start(redirectPort: number, env: NodeJS.ProcessEnv = {}): Promise<Script> {
    const { roleId, secretId } = await vault.appLogin('people-me');
    return new Script('samples/people-me-web.ts', ['--redirect-url', `http://localhost:${redirectPort}/auth`], {
      VAULT_ADDR: vault.server.address,
      VAULT_TOKEN: await vault.operatorToken('authorizer'),
      WEBEX_API_URL: vault.webex.apiUrl,
      VAULT_ROLE_ID: roleId,
      VAULT_SECRET_ID: secretId,
      ...env,
    });
  }

  it('serves the page where the redirect URL points, until Ctrl-C', async () => {
    const before = await vault.admin.list('auth/token/accessors');
    const port = await freePort();
    const script = await start(port);
    // As it is deployed: with Vault's default policy, by which a token may end itself.
    await vault.admin.write('auth/approle/role/people-me', { token_no_default_policy: false });
    await script.says(/^Open http:\/\/localhost:\d+\/ in a browser; Ctrl-C ends it\.$/m);
    const page = await fetch(`http://localhost:${port}/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Nobody is authorized yet')]);
    script.child.kill('SIGINT');
    expect(await script.result()).toMatchObject({ exitCode: 0, stdout: '' });
    // The token that it was given is not its own to end; what it logged in is.
    expect(await vault.admin.list('auth/token/accessors')).toHaveLength(before.length + 1);
  });

  it('says so where the port is taken', async () => {
    const port = Number(new URL(site).port);
    const { exitCode, stderr } = await (await start(port)).result();
    expect(stderr).toMatch(new RegExp(`^error: port ${port} on 127.0.0.1, .* is taken by another program; .*\n$`));
    expect(exitCode).toBe(1);
  });

  it("does not serve with an administrator's token", async () => {
    const script = await start(await freePort(), { VAULT_TOKEN: vault.server.rootToken });
    const { exitCode, stderr } = await script.result();
    expect(stderr).toMatch(/^error: this Vault token may do more than authorize: it has "root" .*\n$/);
    expect(stderr).not.toContain(vault.server.rootToken);
    expect(exitCode).toBe(1);
  });

  it('says before it serves that there is no token to ask for consent with', async () => {
    const { exitCode, stderr } = await (await start(await freePort(), { VAULT_TOKEN: undefined })).result();
    expect(stderr).toMatch(
      /^error: VAULT_TOKEN is not set, .* with policy "oauthapp-authorizer" only, such as "npx --no-install webex-token-vault token authorizer" prints\n$/,
    );
    expect(exitCode).toBe(5);
    const empty = await (await start(await freePort(), { VAULT_TOKEN: '' })).result();
    expect(empty).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('VAULT_TOKEN is set but empty') as string,
    });
  });

  it('refuses a redirect URL that would lead elsewhere', async () => {
    const { exitCode, stderr } = await runScript('samples/people-me-web.ts', [
      ...['--redirect-url', 'https://app.example.com/auth'],
    ]);
    expect(stderr).toMatch(/^error: option '--redirect-url <url>' argument .* Write a loopback http URL, .*\n$/);
    expect(exitCode).toBe(2);
  });
});

const asked = { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] };

describe('a code that cannot be exchanged', () => {
  const code = 'a-code-that-webex-never-gave';

  afterEach(() => vault.engine.writeIntegration(vault.admin));

  it('is not shown where Webex does not know it', async () => {
    const exchange = engine.exchange(asked, code);
    await expect(exchange).rejects.toThrow(/^Webex did not accept the authorization code \(.*; nothing was changed; /);
    await expect(exchange).rejects.not.toThrow(code);
    expect(await stored()).toBe(false);
  });

  it('says that the client secret is wrong', async () => {
    await vault.engine.writeIntegration(vault.admin, 'not-the-secret');
    const exchange = engine.exchange(asked, code);
    await expect(exchange).rejects.toThrow(NotDeployed);
    await expect(exchange).rejects.toThrow(/^the client id and secret of integration "webex-myapp" are not those/);
  });
});

describe('before anybody is sent to Webex', () => {
  it.each([
    ['scopes that are not deployed', { scopes: ['spark:all'] }, NotPermitted, /scopes "spark:all" .*--scope/],
    [
      'an integration that is not deployed',
      { integration: 'nope' },
      NotPermitted,
      /integration "nope" .*--integration/,
    ],
  ])('%s are told', async (_, differing, kind, message) => {
    const request = engine.consentUrl({ ...asked, ...differing }, 'a-state');
    await expect(request).rejects.toThrow(kind);
    await expect(request).rejects.toThrow(message);
  });

  it('a token that may not store the grant is told', async () => {
    await expect(requireRights(engine, { ...asked, name: 'elsewhere' })).rejects.toThrow(
      'VAULT_TOKEN may not authorize "elsewhere": it lacks "update", "delete" on oauthapp/creds/elsewhere',
    );
  });

  it('a token that Vault does not know is told', async () => {
    const stranger = new Engine(authorizer.connection.withToken('s.unknown'), 'oauthapp', engine.redirectUrl);
    await expect(requireRights(stranger, asked)).rejects.toThrow('Vault does not accept VAULT_TOKEN');
  });
});

describeUnless(NO_CHROMIUM)('people-me-web in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await openChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    context = await browser.newContext();
    complaints = [];
    // A policy that blocks something of ours says so here; the status of an error page is not of interest.
    context.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        complaints.push(message.text());
      }
    });
    page = await context.newPage();
  });

  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  async function askForConsent(tab = page): Promise<void> {
    await tab.goto(site);
    await tab.getByRole('button', { name: 'Authorize at Webex' }).click();
    await tab.waitForURL(`${vault.webex.url}/**`);
  }

  async function decide(decision: 'Accept' | 'Deny', as = ADA, tab = page): Promise<void> {
    await tab.getByLabel('Sign in as').selectOption(as);
    await tab.getByRole('button', { name: decision }).click();
    await tab.waitForURL(`${site}/**`);
  }

  async function heading(tab = page): Promise<string> {
    return tab.getByRole('heading', { level: 1 }).innerText();
  }

  it('authorizes: from the button to the name, without the code in the address', async () => {
    await page.goto(site);
    expect(await heading()).toBe('Nobody is authorized yet');
    await askForConsent();
    await decide('Accept');
    expect(await heading()).toBe('Ada Admin');
    expect(await page.getByText(ADA).isVisible()).toBe(true);
    expect(page.url()).toBe(`${site}/`);
    expect(await page.getByRole('button').count()).toBe(0);

    const { accessToken } = await readCredential(vault.admin.connection, 'oauthapp', 'testauth');
    expect(await page.content()).not.toContain(accessToken);
  });

  it('starts no second consent where somebody is authorized already', async () => {
    await page.goto(site);
    const late = await context.newPage();
    await askForConsent(late);
    await decide('Accept', ADA, late);
    // This tab still shows the button.
    await page.getByRole('button', { name: 'Authorize at Webex' }).click();
    expect(await heading()).toBe('Ada Admin');
  });

  it('lets a person decline, and change their mind', async () => {
    await askForConsent();
    await decide('Deny');
    expect(await heading()).toBe('You declined');
    expect(await stored()).toBe(false);
    await page.getByRole('link', { name: 'Try again' }).click();
    expect(await heading()).toBe('Nobody is authorized yet');
  });

  it('ignores an answer whose state was tampered with', async () => {
    await askForConsent();
    const url = new URL(page.url());
    url.searchParams.set('state', `${url.searchParams.get('state') ?? ''}x`);
    await page.goto(url.href);
    const before = exchanges();
    await decide('Accept');
    expect(await heading()).toBe('This answer was not asked for');
    expect(exchanges()).toBe(before);
    expect(await stored()).toBe(false);
  });

  it('ignores the answer to a consent that another browser began', async () => {
    await askForConsent();
    const victim = await browser.newContext();
    const tab = await victim.newPage();
    await tab.goto(site);
    await tab.goto(page.url());
    await decide('Accept', BLAKE, tab);
    expect(await heading(tab)).toBe('This answer was not asked for');
    expect(await stored()).toBe(false);
    await victim.close();
  });

  it('lets two tabs ask, and both end at the same person with one exchange', async () => {
    const second = await context.newPage();
    await askForConsent();
    await askForConsent(second);
    const before = exchanges();
    await decide('Accept');
    await decide('Accept', ADA, second);
    expect([await heading(), await heading(second)]).toEqual(['Ada Admin', 'Ada Admin']);
    expect(exchanges()).toBe(before + 1);
  });

  it('lets the second tab succeed after the first was declined', async () => {
    const second = await context.newPage();
    await askForConsent();
    await askForConsent(second);
    await decide('Deny');
    await decide('Accept', ADA, second);
    expect(await heading(second)).toBe('Ada Admin');
  });

  it('does not let a second tab replace what the first has stored', async () => {
    const second = await context.newPage();
    await askForConsent();
    await askForConsent(second);
    await decide('Accept');
    await decide('Accept', BLAKE, second);
    expect(await heading(second)).toBe('Ada Admin');
    expect(await stored()).toBe(true);
  });

  it('says that the session has ended where the browser has lost its cookie', async () => {
    await askForConsent();
    await context.clearCookies();
    const before = exchanges();
    await decide('Accept');
    expect(await heading()).toBe('Your session has ended');
    expect(exchanges()).toBe(before);
    await page.getByRole('link', { name: 'Start again' }).click();
    expect(await heading()).toBe('Nobody is authorized yet');
  });

  it('says that the session has ended where it was left for too long', async () => {
    await askForConsent();
    clock = 1801_000;
    await decide('Accept');
    expect(await heading()).toBe('Your session has ended');
    expect(await stored()).toBe(false);
  });

  it('does not use a consent that took too long', async () => {
    await askForConsent();
    clock = 301_000;
    await decide('Accept');
    expect(await heading()).toBe('That took too long');
    expect(await stored()).toBe(false);
  });

  it('keeps nothing of somebody who is not the owner, and then takes the owner', async () => {
    await askForConsent();
    await decide('Accept', BLAKE);
    expect(await heading()).toBe('That was another account');
    expect(await page.getByText(`${BLAKE} consented, but "testauth" belongs to ${ADA}`).isVisible()).toBe(true);
    expect(await stored()).toBe(false);
    await page.getByRole('link', { name: 'Try again' }).click();
    await askForConsent();
    await decide('Accept');
    expect(await heading()).toBe('Ada Admin');
  });

  it('keeps a grant of which Webex does not say whose it is, and shows it to be of the wrong account later', async () => {
    for (const [as, shown] of [
      [ADA, 'Ada Admin'],
      [BLAKE, 'That was another account'],
    ] as const) {
      await askForConsent();
      vault.webex.behavior.fault = { path: '/v1/people', status: 503 };
      await decide('Accept', as);
      expect(await heading()).toBe('Webex does not say who it is');
      expect(await stored()).toBe(true);
      vault.webex.behavior.fault = undefined;
      await page.goto(site);
      expect(await heading()).toBe(shown);
      expect(await page.getByRole('button').count()).toBe(0);
      await vault.admin.delete('oauthapp/creds/testauth');
      vault.webex.revokeGrants();
    }
  });

  it('offers to authorize again where Webex does not renew the grant any more', async () => {
    await askForConsent();
    await decide('Accept');
    await expireInEngine();
    vault.webex.revokeGrants();
    await page.goto(site);
    expect(await heading()).toBe('Please authorize this app again');
    await askForConsent();
    await decide('Accept');
    expect(await heading()).toBe('Ada Admin');
  });

  it('offers nothing where Webex refuses the integration, whose grant is intact', async () => {
    await askForConsent();
    await decide('Accept');
    expect(await heading()).toBe('Ada Admin');
    await expireInEngine();
    // The app keeps the token that it has read until Webex refuses that one.
    vault.webex.expireAccessTokens();
    await vault.engine.writeIntegration(vault.admin, 'another-secret');
    await page.goto(site);
    expect(await heading()).toBe('Webex refuses this app');
    expect(await page.getByRole('button').count()).toBe(0);
    await vault.engine.writeIntegration(vault.admin);
    await page.goto(site);
    expect(await heading()).toBe('Ada Admin');
  });

  it('offers nothing where Webex withdrew a token that Vault holds for good', async () => {
    await askForConsent();
    await decide('Accept');
    vault.webex.revokeGrants();
    await page.reload();
    expect(await heading()).toBe('Webex refuses the token');
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it('tells trouble at Webex from a lost grant', async () => {
    await askForConsent();
    vault.webex.behavior.fault = { path: '/v1/access_token', status: 503 };
    await decide('Accept');
    expect(await heading()).toBe('Not available just now');
    expect(await stored()).toBe(false);
  });

  it('sends the browser to the host that Webex knows', async () => {
    await page.goto(site.replace('localhost', '127.0.0.1'));
    expect(page.url()).toBe(`${site}/`);
  });

  it('says that Vault is sealed, and offers nothing then', async () => {
    await page.goto(site);
    await vault.admin.write('sys/seal', {});
    await page.getByRole('button', { name: 'Authorize at Webex' }).click();
    expect(await heading()).toBe('Vault is sealed');
    await page.reload();
    await page.goto(site);
    expect(await heading()).toBe('Vault is sealed');
    expect(await page.getByRole('button').count()).toBe(0);
  });
});
