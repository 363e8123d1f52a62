import { createHash } from 'node:crypto';
import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import { ADMIN, authorizeUrl, CLIENT, OTHER_ADMIN, REDIRECT_URL, startSimulator } from '../simulated-login';

let webex: WebexSimulator;
beforeAll(async () => (webex = await startSimulator()));
afterAll(() => webex.stop());

function open(changes: Record<string, string | undefined> = {}): Promise<Response> {
  return fetch(authorizeUrl(webex, changes), { redirect: 'manual' });
}

function answer(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams(form);
  return fetch(`${webex.apiUrl}/authorize`, { method: 'POST', body, headers, redirect: 'manual' });
}

async function openedTransaction(changes: Record<string, string | undefined> = {}): Promise<string> {
  const transaction = /name="transaction" value="([^"]+)"/.exec(await (await open(changes)).text())?.[1];
  return transaction ?? 'none on the page';
}

function redirectOf(response: Response): Record<string, string> {
  const location = response.headers.get('location');
  if (location === null) {
    throw new Error(`no redirect, but status ${response.status}`);
  }
  const { origin, pathname, searchParams } = new URL(location);
  return { to: origin + pathname, ...Object.fromEntries(searchParams) };
}

describe('the consent page', () => {
  test('the page names the client, each scope, every user and both answers', async () => {
    const page = await open({ scope: 'spark:people_read analytics:read_all' });
    const text = await page.text();
    expect(page.status).toBe(200);
    for (const part of ['Token vault', CLIENT.clientId, 'spark:people_read', 'analytics:read_all', REDIRECT_URL]) {
      expect(text).toContain(part);
    }
    for (const { email } of webex.users) {
      expect(text).toContain(`value="${email}"`);
    }
    expect(text).toContain('>Accept</button>');
    expect(text).toContain('>Deny</button>');
  });

  test('the page loads nothing, forbids framing and caching, and allows only its own style', async () => {
    const page = await open();
    const text = await page.text();
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? '';
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toContain("form-action 'self' http://localhost:5000");
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/\bsrc=|<link|<script|@import|url\(/);
  });

  test('the page preselects the user that login_hint names', async () => {
    const text = await (await open({ login_hint: OTHER_ADMIN })).text();
    expect(/value="([^"]+)"\s+selected/.exec(text)?.[1]).toBe(OTHER_ADMIN);
  });

  test("the page escapes the client's name", async () => {
    const name = '<script>alert(1)</script>';
    await using other = await startSimulator({ clients: [{ ...CLIENT, name }] });
    const text = await (await fetch(authorizeUrl(other))).text();
    expect(text).not.toContain(name);
    expect(text).toContain('&lt;script&gt;');
  });
});

describe('a request that must not be redirected', () => {
  test.each([
    ['an unknown client', { client_id: 'C-nobody' }],
    ['no client', { client_id: undefined }],
    ['a redirect URL that is not registered', { redirect_uri: 'http://localhost:5000/other' }],
    ['a redirect URL with a slash too many', { redirect_uri: `${REDIRECT_URL}/` }],
    ['a redirect URL in other letters', { redirect_uri: 'http://LOCALHOST:5000/auth' }],
    ['no redirect URL', { redirect_uri: undefined }],
  ])('the endpoint shows an error page for a request with %s', async (_, changes) => {
    const page = await open(changes);
    expect(page.status).toBe(400);
    expect(page.headers.get('location')).toBeNull();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('role="alert"');
  });

  test('the endpoint answers a repeated client id or redirect URL with an error page', async () => {
    for (const parameter of [`client_id=${CLIENT.clientId}`, 'redirect_uri=http%3A%2F%2Fattacker.example']) {
      const page = await fetch(`${authorizeUrl(webex)}&${parameter}`, { redirect: 'manual' });
      expect(page.status).toBe(400);
      expect(page.headers.get('location')).toBeNull();
    }
  });
});

describe('a request that is refused at the redirect URL', () => {
  const challenge = 'c'.repeat(43);
  test.each([
    ['no scope', { scope: undefined }, 'invalid_scope'],
    ['an empty scope', { scope: ' ' }, 'invalid_scope'],
    ['a scope that is not registered', { scope: 'spark:people_read spark:all' }, 'invalid_scope'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['another challenge method', { code_challenge: challenge, code_challenge_method: 'plain' }, 'invalid_request'],
    ['no challenge method', { code_challenge: challenge }, 'invalid_request'],
    ['a challenge method alone', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['a challenge that is too short', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
  ])('the endpoint redirects a request with %s back with the error and the state', async (_, changes, error) => {
    const redirect = redirectOf(await open(changes));
    expect(redirect).toMatchObject({ to: REDIRECT_URL, error, state: 'state-1' });
    expect(redirect.error_description).toBeTruthy();
    expect(redirect).not.toHaveProperty('code');
  });

  test('the endpoint returns a repeated parameter as an invalid request', async () => {
    const response = await fetch(`${authorizeUrl(webex)}&scope=spark%3Apeople_read`, { redirect: 'manual' });
    expect(redirectOf(response)).toMatchObject({ error: 'invalid_request', state: 'state-1' });
  });
});

describe('the answer', () => {
  test('the page redirects with a code and the state if the person accepts', async () => {
    const response = await answer({ transaction: await openedTransaction(), user: ADMIN, decision: 'accept' });
    const { code, ...rest } = redirectOf(response);
    expect(response.status).toBe(303);
    expect(code).toMatch(/^[\w-]{64,}$/);
    expect(rest).toEqual({ to: REDIRECT_URL, state: 'state-1' });
  });

  test('the page redirects with access_denied and the state if the person denies', async () => {
    const response = await answer({ transaction: await openedTransaction(), user: ADMIN, decision: 'deny' });
    expect(redirectOf(response)).toMatchObject({ to: REDIRECT_URL, error: 'access_denied', state: 'state-1' });
  });

  test('the redirect omits a missing state, and keeps odd characters unchanged', async () => {
    const form = { user: ADMIN, decision: 'accept' };
    const without = await answer({ transaction: await openedTransaction({ state: undefined }), ...form });
    expect(redirectOf(without)).not.toHaveProperty('state');
    const state = 'a b&c=d+é%20"<';
    const odd = await answer({ transaction: await openedTransaction({ state }), ...form });
    expect(redirectOf(odd).state).toBe(state);
  });

  test('the endpoint accepts an answer once', async () => {
    const form = { transaction: await openedTransaction(), user: ADMIN, decision: 'accept' };
    expect((await answer(form)).status).toBe(303);
    const again = await answer(form);
    expect(again.status).toBe(400);
    expect(again.headers.get('location')).toBeNull();
  });

  test.each([
    ['without a page of ours', { transaction: 'made-up' }],
    ['from an unknown user', { user: 'mallory@example.com' }],
    ['without a decision', { decision: '' }],
  ])('the endpoint refuses an answer %s', async (_, changes) => {
    const form = { transaction: await openedTransaction(), user: ADMIN, decision: 'accept', ...changes };
    expect((await answer(form)).status).toBe(400);
  });

  test("the endpoint refuses an answer from another site's page", async () => {
    const form = { transaction: await openedTransaction(), user: ADMIN, decision: 'accept' };
    expect((await answer(form, { Origin: 'http://attacker.example' })).status).toBe(403);
    expect((await answer(form, { Origin: webex.url })).status).toBe(303);
  });
});
