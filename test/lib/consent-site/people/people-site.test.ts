import type { SiteReply } from '../../../../lib/browser/site/site-reply';
import { PeopleSite } from '../../../../lib/consent-site/people/people-site';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';

const keep = disposedAfterEach();
const BASE = new URL('https://grants.example.com/webex/');

interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly query?: string;
  readonly cookie?: string;
}

async function site() {
  const vault = keep(await ScriptedVault.start());
  const auth = `https://id.example/authorize?state=of-vault`;
  vault.answer('auth/oidc/oidc/auth_url', { body: { data: { auth_url: auth } } });
  const lines: string[] = [];
  const deployment = exampleDeployment({
    integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: `${BASE.href}callback` }],
    operators: {
      oidc: { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['webex-admins'] } },
    },
  });
  const people = keep(
    new PeopleSite({
      base: BASE,
      deployment: () => Promise.resolve(deployment),
      vault: new VaultClient({ address: vault.address }),
      clientSecret: () => Promise.resolve('client-secret'),
      onNotice: (line) => lines.push(line),
      signal: new AbortController().signal,
    }),
  );
  const ask = (path: string, { method = 'GET', query, cookie }: Asked = {}): Promise<SiteReply | undefined> =>
    people.answer({
      method,
      path,
      query: new URLSearchParams(query),
      form: new URLSearchParams(),
      body: Buffer.alloc(0),
      cookie: () => cookie,
      header: () => undefined,
    });
  /** Begins a login. @returns the cookie of the browser */
  const begin = async (): Promise<string | undefined> => (await ask('login'))?.cookies?.[0]?.value;
  return { vault, lines, ask, begin };
}

it('a login leads to the identity provider, and its cookie is random', async () => {
  const { ask, begin, vault } = await site();
  expect(await ask('login')).toMatchObject({ status: 303, location: 'https://id.example/authorize?state=of-vault' });
  expect(vault.exchanges[0]?.body).toMatchObject({
    role: 'authorizer',
    redirect_uri: 'https://grants.example.com/webex/oidc/callback',
  });
  expect(await begin()).toMatch(/^[\w-]{43}$/);
  expect(await begin()).not.toBe(await begin());
});

it('a flood of logins costs Vault twenty states, and the next browser waits some seconds', async () => {
  const { ask, vault } = await site();
  const replies = await Promise.all(Array.from({ length: 200 }, () => ask('login')));
  expect(replies.filter((reply) => reply?.status === 303)).toHaveLength(20);
  expect(replies.at(-1)).toMatchObject({ status: 429, retryAfterSeconds: 3 });
  expect(vault.count('PUT auth/oidc/oidc/auth_url')).toBe(20);
});

it.each([
  ['without a cookie', 'state=of-vault&code=c', false],
  ['with the state of another login', 'state=other&code=c', true],
  ['with two codes', 'state=of-vault&code=c&code=d', true],
])('a redirect of the identity provider %s is refused, and Vault gets no code', async (_, query, isKnown) => {
  const { ask, begin, vault } = await site();
  const cookie = await begin();
  expect(await ask('oidc/callback', { query, cookie: isKnown ? cookie : undefined })).toMatchObject({ status: 400 });
  expect(vault.requests.filter((request) => request.includes('callback'))).toEqual([]);
});

it('a person who canceled at the identity provider may try again, and the state is used up', async () => {
  const { ask, begin } = await site();
  const redirect = { query: 'state=of-vault&error=access_denied', cookie: await begin() };
  const reply = await ask('oidc/callback', redirect);
  expect(reply?.document?.html).toContain('canceled');
  expect(reply?.document?.html).toContain('href="/webex/login"');
  expect((await ask('oidc/callback', redirect))?.document?.html).toContain('another browser');
});

it('a Vault that does not answer leads to a page that says so, and to one line', async () => {
  const { ask, lines, vault } = await site();
  vault.answer('auth/oidc/oidc/auth_url', refusal(503, 'Vault is sealed'));
  expect(await ask('login')).toMatchObject({ status: 503 });
  expect(lines).toEqual([expect.stringContaining('sealed')]);
});

it.each([
  ['does not answer', { status: 0, body: {} }, 503],
  ['has no such method', refusal(403, 'permission denied'), 400],
  ['cannot reach the provider', { body: { data: { auth_url: '' } } }, 400],
])('a browser without a login learns nothing of a Vault that %s, and the operator does', async (_, answer, status) => {
  const { ask, lines, vault } = await site();
  vault.answer('auth/oidc/oidc/auth_url', answer);
  const reply = await ask('login');
  expect(reply).toMatchObject({ status });
  expect(reply?.document?.html).not.toMatch(/127\.0\.0\.1|VAULT_|webex-token-vault|auth method/);
  expect(lines).toEqual([expect.stringMatching(/^a login failed: .*(?:127\.0\.0\.1|deploy)/)]);
});

it('an error in the redirect of a login tells nobody the client of Vault', async () => {
  const { ask, begin, lines } = await site();
  const query = 'state=of-vault&error=invalid_scope&error_description=of+a+stranger';
  const reply = await ask('oidc/callback', { query, cookie: await begin() });
  expect(reply).toMatchObject({ status: 400 });
  expect(reply?.document?.html).not.toMatch(/client|stranger/);
  expect(lines).toEqual([expect.stringContaining('check the registration of client "vault"')]);
});

it('the name of a person begins no other line of the log', async () => {
  const { ask, begin, lines, vault } = await site();
  const cookie = await begin();
  const { client_nonce: nonce } = vault.exchanges.at(-1)?.body as { client_nonce: string };
  vault.answer(`auth/oidc/oidc/callback?state=of-vault&code=c&client_nonce=${nonce}`, {
    body: { auth: { client_token: 'of-eve', lease_duration: 1200 } },
  });
  const name = 'oidc-eve\n\u001b[2Kalice has stored the grant\u202e of "x"';
  vault.answer('auth/token/lookup-self', { body: { data: { display_name: name, path: 'auth/oidc/oidc/callback' } } });
  expect(await ask('oidc/callback', { query: 'state=of-vault&code=c', cookie })).toMatchObject({ status: 303 });
  expect(lines).toEqual(['eve [2Kalice has stored the grant of "x" has logged in']);
});

it('nobody is told more than the login without one', async () => {
  const { ask, vault } = await site();
  for (const path of ['', 'consent/testauth', 'consent/unknown']) {
    expect((await ask(path))?.document?.html).toContain('id.example');
  }
  expect(await ask('unknown')).toBeUndefined();
  expect(await ask('webhooks/service-apps', { method: 'POST' })).toBeUndefined();
  expect(await ask('logout', { method: 'POST' })).toMatchObject({ status: 303, location: '/webex/' });
  expect(await ask('healthz')).toEqual({ status: 200 });
  expect((await ask('callback', { query: 'state=x&code=y' }))?.document?.html).toContain(
    'was used already. The list says what still waits',
  );
  expect(vault.requests).toEqual([]);
});
