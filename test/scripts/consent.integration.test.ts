import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OIDC_SECRET_VARIABLE } from '../../lib/declaration/schema/operators-declaration';
import { generateToken } from '../../lib/server/keys/root-token';
import { listReply } from '../../lib/vault/replies';
import type { VaultClient } from '../../lib/vault/vault-client';
import { SiteBrowser, type SitePage } from '../fixtures/consent-site/site-browser';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { siteCertificate } from '../fixtures/identities/site-certificate';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { axeFindings } from '../fixtures/pages/axe';
import { NO_CHROMIUM, openChromium } from '../fixtures/pages/chromium';
import { Script } from '../fixtures/programs/script';
import { testUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';

const BASE = new URL('https://grants.example.com/webex/');
const REDIRECT_URL = 'https://grants.example.com/webex/callback';
const ADA = 'ada.admin@example.com';
const BLAKE = 'blake.backup@example.com';
const OF = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
const OWNED = [
  { ...OF, name: 'testauth', owner: ADA },
  { ...OF, name: 'second', owner: ADA },
  { ...OF, name: 'third', owner: BLAKE },
];
const LOCAL = { ...OF, name: 'local', integration: 'elsewhere', owner: ADA };

let provider: OidcProvider;
let operated: OperatedVault;
let root: VaultClient;
let secretFile: string;
let served: Script;
/** Gets the messages of the first site. */
let webhook: RecordingServer;
let address: string;
const statusReply = z.object({
  credentials: z.array(z.object({ name: z.string(), next: z.string().nullish() })),
  people: z.object({ state: z.string(), severity: z.string(), detail: z.string(), next: z.string().nullish() }),
});
/** Everything that people and terminals saw. */
const seen: string[] = [];

beforeAll(async () => {
  provider = await OidcProvider.start({
    redirectUris: ['http://localhost:8250/oidc/callback', `${BASE.href}oidc/callback`],
  });
  operated = await OperatedVault.start();
  const { issuer, ca, clientId, clientSecret } = provider;
  const [integration] = operated.engine.declaration.integrations;
  operated.engine.webex.clients[0]?.redirectUrls.push(REDIRECT_URL);
  operated.declare({
    integrations: [
      { ...integration, name: 'webex-myapp', redirectUrl: REDIRECT_URL },
      { name: 'elsewhere', clientId: 'other', redirectUrl: 'http://localhost:5000/auth' },
    ],
    credentials: [...OWNED, { ...OF, name: 'nobodys' }, LOCAL],
    operators: {
      oidc: {
        issuer,
        issuerCaPem: ca,
        clientId,
        scopes: ['groups', 'profile'],
        userClaim: 'name',
        groups: { authorizer: ['webex-admins'] },
      },
    },
  });
  operated.variables = { [OIDC_SECRET_VARIABLE]: clientSecret, elsewhere_client_secret: 'of-the-other' };
  seen.push((await operated.init()).stderr);
  await operated.deploy();
  const administrator = await operated.as('administrator');
  root = administrator.withToken(await generateToken(administrator, 'root token', await operated.keyShares()));
  await mkdir(operated.path('clients'), { mode: 0o700 });
  secretFile = join(operated.path('clients'), 'webex-myapp');
  await writeFile(secretFile, `${operated.engine.clientSecret}\n`, { mode: 0o600 });
  webhook = await RecordingServer.start();
  const hook = { WEBEX_TOKEN_VAULT_WEBHOOK: `${webhook.address}/hook` };
  ({ script: served, address } = await serve(hook, ['--notify']));
});
afterAll(async () => {
  served.child.kill('SIGKILL');
  await operated[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await webhook[Symbol.asyncDispose]();
});

/** Starts the site. No login of an operator is given to it. */
async function serve(
  env: Record<string, string> = {},
  more: readonly string[] = [],
): Promise<{ script: Script; address: string }> {
  const args = ['--serve', '--listen', '127.0.0.1:0', '--client-secrets', operated.path('clients'), ...more];
  const script = new Script('consent', args, { ...operated.environment, ...env });
  const [, address = ''] = await script.says(/which this command serves at (\S+)\n/);
  return { script, address };
}

function browser(): SiteBrowser {
  return new SiteBrowser(BASE, address);
}

/** Logs in at the identity provider. @returns the page after the login */
async function logIn(at: SiteBrowser, name: string, groups: readonly string[] = ['webex-admins']): Promise<SitePage> {
  const { location = '' } = await at.get('login');
  const answer = await at.get(await provider.signIn(location, { name, groups }));
  seen.push(...at.got.splice(0));
  return answer.location === undefined ? answer : at.get(answer.location);
}

/** The address at Webex on the page that asks for the consent. */
async function asked(at: SiteBrowser, credential: string): Promise<string> {
  const { html } = await at.get(`consent/${credential}`);
  const [, href = ''] = /<a class="button" href="([^"]+)">Continue to Webex/.exec(html) ?? [];
  return href.replaceAll('&amp;', '&');
}

/** Consents at Webex, and comes back. */
async function consent(at: SiteBrowser, credential: string, as: string): Promise<SitePage> {
  return at.get(await operated.engine.webex.consent(await asked(at, credential), { as }));
}

async function auditOf(path: string): Promise<string[]> {
  const { auditFilePath } = operated.server.node.configuration;
  const entry = z.object({
    type: z.string(),
    auth: z.object({ display_name: z.string().default('') }).default({ display_name: '' }),
    request: z.object({ path: z.string().default(''), operation: z.string().default('') }),
  });
  const lines = (await readFile(auditFilePath, 'utf8')).trim().split('\n');
  return lines
    .map((line) => entry.parse(JSON.parse(line)))
    .filter(({ type, request }) => type === 'response' && `${request.operation} ${request.path}` === path)
    .map(({ auth }) => auth.display_name);
}

/** Names of all people whose tokens Vault has. */
async function people(): Promise<string[]> {
  const { data } = await root.connection.json('LIST', 'auth/token/accessors', (reply) => listReply.parse(reply));
  const lookup = z.object({ data: z.object({ display_name: z.string() }) });
  const found = await Promise.all(
    data.keys.map((accessor) => root.write('auth/token/lookup-accessor', { accessor }, lookup).catch(() => undefined)),
  );
  return found.flatMap((each) => each?.data.display_name ?? []).filter((name) => name.startsWith('oidc-'));
}

test('the command prints what waits, and where the consent is', async () => {
  const { stdout, exitCode } = await operated.operate('consent');
  expect(stdout).toContain('testauth');
  expect(exitCode).toBe(0);
  const json = z.object({ waiting: z.array(z.record(z.string(), z.unknown())), unknown: z.array(z.unknown()) });
  const { waiting, unknown } = json.parse(JSON.parse((await operated.operate('consent', '--json')).stdout));
  expect(unknown).toEqual([]);
  expect(waiting.map(({ credential, cause, site }) => [credential, cause, site])).toEqual([
    ['testauth', 'never given', BASE.href],
    ['second', 'never given', BASE.href],
    ['third', 'never given', BASE.href],
    ['nobodys', 'never given', BASE.href],
    ['local', 'never given', null],
  ]);
});

test('status names the site where a consent is due', async () => {
  const { stdout } = await operated.operate('status', '--json');
  const next = new Map(statusReply.parse(JSON.parse(stdout)).credentials.map((each) => [each.name, each.next]));
  expect(next.get('testauth')).toMatch(/^log in at https:\/\/grants\.example\.com\/webex\/, or: .* authorize testauth/);
  expect(next.get('local')).toMatch(/^\S.* authorize local/);
  expect(next.get('local')).not.toContain(BASE.href);
});

test('status finds that people cannot log in on the site, if the role lacks its callback', async () => {
  const role = 'auth/oidc/role/authorizer';
  const { data } = await root.read(role, z.object({ data: z.record(z.string(), z.unknown()) }));
  await root.write(role, { ...data, allowed_redirect_uris: ['http://localhost:8250/oidc/callback'] });
  const { stdout } = await operated.operate('status', '--json');
  await root.write(role, data);
  expect(statusReply.parse(JSON.parse(stdout)).people).toMatchObject({
    state: 'differs',
    severity: 'broken',
    detail: `the role of operator "authorizer" does not redirect to "${BASE.href}oidc/callback"`,
    next: expect.stringContaining('deploy webex-tokens') as string,
  });
});

test('a stranger sees the login, and no name of a credential', async () => {
  const at = browser();
  const { status, html } = await at.get();
  expect(status).toBe(200);
  expect(html).toContain('href="/webex/login"');
  expect(html).not.toContain('testauth');
  // A declared name and an unknown one look the same.
  expect((await at.get('consent/testauth')).html).toBe((await at.get('consent/unknown')).html);
  expect(await at.get('healthz')).toMatchObject({ status: 200, html: '' });
  expect(at.cookies.size).toBe(0);
});

test('a member of no group gets a page that says so', async () => {
  const { status, html } = await logIn(browser(), 'mallory', ['staff']);
  expect(status).toBe(403);
  expect(html).toContain('you are in none of');
  expect(await people()).not.toContain('oidc-mallory');
});

test('each of two people has an own login, and Vault stores the grant as the one who consented', async () => {
  const [alice, bob] = [browser(), browser()];
  const list = await logIn(alice, 'alice');
  expect(list.html).toContain('alice');
  expect(list.html).toContain('5 consents are waiting');
  expect(list.html).toContain('Name its owner in the declaration first');
  expect(list.html).toMatch(/At a terminal: [^<]*authorize local/);
  expect((await logIn(bob, 'bob', ['staff', 'webex-admins'])).html).toContain('bob');
  const request = await asked(bob, 'testauth');
  const { status, html } = await consent(alice, 'testauth', ADA);
  expect(status).toBe(200);
  expect(html).toContain('<h1>Your consent is stored</h1>');
  expect(html).toContain(ADA);
  expect(await auditOf('update oauthapp/creds/testauth')).toEqual(['oidc-alice']);
  expect((await alice.get()).html).toContain('4 consents are waiting');
  // Bob was shown the request before, so his consent finds the grant of alice.
  const late = await bob.get(await operated.engine.webex.consent(request, { as: ADA }));
  expect(late.html).not.toContain('<h1>Your consent is stored</h1>');
  expect(await auditOf('update oauthapp/creds/testauth')).toEqual(['oidc-alice']);
  expect((await bob.get('consent/testauth')).html).toContain('needs no consent now');
  await served.says(/alice has stored the grant of "testauth"/);
});

test('the answer of Webex is refused in another browser, and a second time', async () => {
  const [alice, bob] = [browser(), browser()];
  await logIn(alice, 'alice');
  await logIn(bob, 'bob');
  const redirect = await operated.engine.webex.consent(await asked(alice, 'third'), { as: BLAKE });
  expect(await bob.get(redirect)).toMatchObject({ status: 400 });
  expect(await browser().get(redirect)).toMatchObject({ status: 400 });
  expect((await alice.get(redirect)).html).toContain('<h1>Your consent is stored</h1>');
  expect(await alice.get(redirect)).toMatchObject({ status: 400 });
});

test('a consent of the wrong account is refused, and another attempt is possible', async () => {
  const alice = browser();
  await logIn(alice, 'alice');
  const { html } = await consent(alice, 'second', BLAKE);
  expect(html).not.toContain('<h1>Your consent is stored</h1>');
  expect(html).toContain(ADA);
  expect(html).toContain('href="/webex/consent/second"');
  expect(await auditOf('update oauthapp/creds/second')).toEqual([]);
});

test('a code waits for the person whose login ended meanwhile', async () => {
  const carol = browser();
  await logIn(carol, 'carol');
  const redirect = await operated.engine.webex.consent(await asked(carol, 'second'), { as: ADA });
  const { data } = await root.connection.json('LIST', 'auth/token/accessors', (reply) => listReply.parse(reply));
  const lookup = z.object({ data: z.object({ display_name: z.string() }) });
  for (const accessor of data.keys) {
    const found = await root.write('auth/token/lookup-accessor', { accessor }, lookup).catch(() => undefined);
    if (found?.data.display_name === 'oidc-carol') {
      await root.write('auth/token/revoke-accessor', { accessor });
    }
  }
  const { status, location = '' } = await carol.get(redirect);
  expect([status, location]).toEqual([303, expect.stringContaining(provider.issuer)]);
  const { html } = await carol.get(await provider.signIn(location, { name: 'carol', groups: ['webex-admins'] }));
  expect(html).toContain('<h1>Your consent is stored</h1>');
  expect(await auditOf('update oauthapp/creds/second')).toEqual(['oidc-carol']);
});

test('the log out takes the token of its form, and revokes the login', async () => {
  const dora = browser();
  const { html } = await logIn(dora, 'dora');
  const [, token = ''] = /name="csrf" value="([^"]+)"/.exec(html) ?? [];
  expect(await dora.post('logout', { csrf: `${token}x` })).toMatchObject({ status: 403 });
  expect((await dora.get()).html).toContain('dora');
  expect(await people()).toContain('oidc-dora');
  expect((await dora.post('logout', { csrf: token })).html).toContain('Logged out');
  expect(await people()).not.toContain('oidc-dora');
  expect(dora.cookies.size).toBe(0);
});

test('a changed client secret is read at the next consent', async () => {
  const alice = browser();
  await logIn(alice, 'alice');
  await root.delete('oauthapp/creds/third');
  await writeFile(secretFile, 'replaced-secret\n');
  expect(await asked(alice, 'third')).toBe('');
  await writeFile(secretFile, `${operated.engine.clientSecret}\n`);
  expect(await asked(alice, 'third')).toContain('code_challenge=');
});

test('a changed declaration counts without a restart', async () => {
  const alice = browser();
  await logIn(alice, 'alice');
  expect(await asked(alice, 'nobodys')).toBe('');
  operated.declare({ credentials: [...OWNED, { ...OF, name: 'nobodys', owner: BLAKE }, LOCAL] });
  // The command writes the declaration to the file that the site reads.
  expect((await operated.operate('consent')).stdout).toMatch(new RegExp(`nobodys +never given +${BLAKE}`));
  expect((await alice.get()).html).not.toContain('Name its owner in the declaration first');
  expect(await asked(alice, 'nobodys')).toContain('code_challenge=');
});

test('the webhook gets what the list shows for the first time, with the address of the site alone', () => {
  const sent = z.object({ text: z.string(), site: z.string(), waiting: z.array(z.object({ credential: z.string() })) });
  const [first] = webhook.requests.map(({ body }) => sent.parse(JSON.parse(body)));
  expect(first?.waiting.map(({ credential }) => credential)).toEqual([
    'testauth',
    'second',
    'third',
    'nobodys',
    'local',
  ]);
  expect(first?.text).toMatch(
    /^Webex grants: 5 consents are waiting at [^]*\nNext: log in at https:\/\/grants\.example\.com\/webex\/$/,
  );
  seen.push(JSON.stringify(webhook.requests));
  expect(JSON.stringify(webhook.requests)).not.toContain(ADA);
});

testUnless(NO_CHROMIUM)('a person logs in, consents to what is due and logs out in a real browser', async () => {
  const { certFile, keyFile } = await siteCertificate(operated.path('.'), BASE.host);
  const { script, address } = await serve({}, ['--tls-cert', certFile, '--tls-key', keyFile]);
  await using chromium = await openChromium({ [BASE.host]: address });
  const page = await chromium.newPage({ ignoreHTTPSErrors: true, viewport: { width: 320, height: 640 } });
  const heading = (): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();
  await page.goto(BASE.href);
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.fill('input[name="login"]', 'frank+webex-admins');
  await page.fill('input[name="password"]', 'any');
  await page.click('button[type="submit"]');
  // The provider asks for consent to give Vault the identity.
  await page.click('button[type="submit"]');
  expect(await heading()).toBe('3 consents are waiting');
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'See the request third' }).click();
  await page.getByRole('link', { name: 'Continue to Webex' }).click();
  await page.getByLabel('Sign in as').selectOption(BLAKE);
  await page.getByRole('button', { name: 'Accept' }).click();
  expect(await heading()).toBe('Your consent is stored');
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  expect(await heading()).toBe('2 consents are waiting');
  await page.getByRole('button', { name: 'Log out' }).click();
  expect(await heading()).toBe('Logged out');
  await page.goto(BASE.href);
  expect(await page.getByRole('link', { name: 'Log in' }).count()).toBe(1);
  script.child.kill('SIGTERM');
  expect((await script.result()).exitCode).toBe(0);
});

test('the site begins with no right in Vault, and its end revokes every login', async () => {
  const before = browser();
  await logIn(before, 'erin');
  served.child.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await served.result();
  seen.push(stdout, stderr);
  expect(exitCode).toBe(0);
  expect(await people()).not.toContain('oidc-erin');
  const { auditFilePath } = operated.server.node.configuration;
  const earlier = (await readFile(auditFilePath, 'utf8')).length;
  // A token of the environment would be refused, and is not used.
  ({ script: served, address } = await serve({ VAULT_TOKEN: 'hvs.of-somebody' }));
  const after = browser();
  before.cookies.forEach((value, name) => after.cookies.set(name, value));
  expect((await after.get()).html).toContain('href="/webex/login"');
  expect((await logIn(after, 'erin')).html).toContain('erin');
  const audit = (await readFile(auditFilePath, 'utf8')).slice(earlier);
  expect(audit).toContain('oidc-erin');
  expect(audit.includes('permission denied')).toBe(false);
});

test('no page and no line has a secret', async () => {
  served.child.kill('SIGTERM');
  const { stdout, stderr } = await served.result();
  const all = [...seen, stdout, stderr].join('\n');
  const { issued, clientSecret } = operated.engine;
  for (const secret of [...issued, clientSecret, provider.clientSecret]) {
    expect(all.includes(secret)).toBe(false);
  }
  expect(all).not.toMatch(/\b(?:hvs|s)\.[\w-]{20,}/);
});
