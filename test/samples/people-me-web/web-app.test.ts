import { TemporarilyUnavailable, VaultUnreachableError } from '#core';
import type { Status } from '../../../samples/people-me-web/authorization';
import type { ConsentState } from '../../../samples/people-me-web/consent-state';
import { createWebApp } from '../../../samples/people-me-web/web-app';
import { WrongAccount } from '../../../samples/people-me-web/wrong-account';

const SITE = 'http://localhost:5000';
const CONSENT = 'https://webexapis.com/v1/authorize?scope=spark%3Apeople_read';

/** A browser without a screen: keeps its cookie, and sends what browsers send. */
class Visitor {
  cookie = '';

  constructor(readonly app: ReturnType<typeof createWebApp>) {}

  async get(path: string): Promise<Response> {
    return this.#send(path, {});
  }

  async post(path: string, form: Record<string, string>, headers: Record<string, string> = { origin: SITE }) {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  async #send(path: string, request: { headers?: Record<string, string>; method?: string; body?: URLSearchParams }) {
    const headers = { ...request.headers, ...(this.cookie && { cookie: this.cookie }) };
    const response = await this.app.request(`${SITE}${path}`, { ...request, headers });
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    return response;
  }
}

let status: Status | Error;
let states: string[];
let codes: string[];
let failure: Error | undefined;
let notices: string[];
let clock: number;
let visitor: Visitor;

function webApp(redirectUrl = `${SITE}/auth`) {
  return createWebApp({
    credential: { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    redirectUrl: new URL(redirectUrl),
    notice: (line) => notices.push(line),
    now: () => clock,
    authorization: {
      status: () => (status instanceof Error ? Promise.reject(status) : Promise.resolve(status)),
      begin: (state: ConsentState) => {
        states.push(state.value);
        return Promise.resolve(`${CONSENT}&state=${state.value}`);
      },
      finish: (code: string) => {
        codes.push(code);
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      },
    },
  });
}

beforeEach(() => {
  [status, states, codes, notices, clock, failure] = [{ kind: 'never' }, [], [], [], 1_000_000, undefined];
  visitor = new Visitor(webApp());
});

async function titleOf(response: Response): Promise<string> {
  return /<h1>([^<]*)<\/h1>/.exec(await response.text())?.[1] ?? '';
}

async function begin(): Promise<Response> {
  const page = await (await visitor.get('/')).text();
  return visitor.post('/authorize', { form_token: /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? '' });
}

it('gives each browser a cookie that no script reads and no other site sends along', async () => {
  const cookie = (await visitor.get('/')).headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^people-me-web-5000=[^;]+; Max-Age=1800; Path=\/; HttpOnly; SameSite=Lax$/);
});

it('sends every answer with a policy that allows nothing from elsewhere, and no caching', async () => {
  for (const path of ['/', '/auth?state=x', '/nowhere', '/favicon.svg']) {
    const { headers } = await visitor.get(path);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

it('leads to Webex with a state of its own for each press of the button', async () => {
  const response = await begin();
  expect(response.headers.get('refresh')).toBe(`0; url=${CONSENT}&state=${states[0] ?? ''}`);
  await begin();
  expect(new Set(states).size).toBe(2);
});

it('hands the code on, once, and takes it out of the address', async () => {
  await begin();
  const answer = `/auth?code=the-code&state=${states[0] ?? ''}`;
  const response = await visitor.get(answer);
  expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
  expect(codes).toEqual(['the-code']);
  expect(await titleOf(await visitor.get(answer))).toBe('This answer was not asked for');
  expect(codes).toEqual(['the-code']);
});

it('works where the redirect URL is the start page', async () => {
  visitor = new Visitor(webApp(`${SITE}/`));
  await begin();
  expect((await visitor.get(`/?code=the-code&state=${states[0] ?? ''}`)).status).toBe(303);
  expect(codes).toEqual(['the-code']);
});

it.each([
  ['no origin', {}],
  ['another origin', { origin: 'http://localhost:5001' }],
  ['another site', { origin: 'https://example.com', 'sec-fetch-site': 'cross-site' }],
])('refuses the button pressed from %s', async (_, headers) => {
  const page = await (await visitor.get('/')).text();
  const formToken = /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const response = await visitor.post('/authorize', { form_token: formToken }, headers);
  expect(response.status).toBe(403);
  expect(states).toEqual([]);
});

it('refuses a form that it did not give to this browser', async () => {
  const stranger = new Visitor(visitor.app);
  const page = await (await stranger.get('/')).text();
  await visitor.get('/');
  const formToken = /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? '';
  for (const form of [{ form_token: formToken }, { form_token: '' }, {}] as Record<string, string>[]) {
    const response = await visitor.post('/authorize', form);
    expect([response.status, await titleOf(response)]).toEqual([403, 'This request did not come from our page']);
  }
  expect(states).toEqual([]);
});

it.each([
  ['without a state', () => '/auth?code=c'],
  ['with another state', () => `/auth?code=c&state=${'x'.repeat(43)}`],
  ['with two states', (state: string) => `/auth?code=c&state=${state}&state=x`],
  ['with two codes', (state: string) => `/auth?code=c&code=d&state=${state}`],
  ['with neither code nor error', (state: string) => `/auth?state=${state}`],
  ['with an empty code', (state: string) => `/auth?code=&state=${state}`],
  ['with a code and an error', (state: string) => `/auth?code=c&error=access_denied&state=${state}`],
])('ignores an answer %s', async (_, answer) => {
  await begin();
  const response = await visitor.get(answer(states[0] ?? ''));
  expect([response.status, await titleOf(response)]).toEqual([400, 'This answer was not asked for']);
  expect(codes).toEqual([]);
  // It was not the answer, so that is still taken.
  expect((await visitor.get(`/auth?code=c&state=${states[0] ?? ''}`)).status).toBe(303);
});

it('knows no session whose cookie was tampered with', async () => {
  await begin();
  const [id = '', signature = ''] = visitor.cookie.split(/\.(.*)/s);
  for (const cookie of [`${id}x.${signature}`, id, `${id}.${'A'.repeat(43)}%3D`]) {
    visitor.cookie = cookie;
    const response = await visitor.get(`/auth?code=c&state=${states[0] ?? ''}`);
    expect([response.status, await titleOf(response)]).toEqual([400, 'Your session has ended']);
  }
  expect(codes).toEqual([]);
});

it('forgets a consent after five minutes and a session after thirty', async () => {
  await begin();
  clock += 300_000;
  expect(await titleOf(await visitor.get(`/auth?code=c&state=${states[0] ?? ''}`))).toBe('That took too long');
  await begin();
  clock += 1_800_000;
  expect(await titleOf(await visitor.get(`/auth?code=c&state=${states[1] ?? ''}`))).toBe('Your session has ended');
  expect(codes).toEqual([]);
});

it.each([
  ['access_denied', 403, 'You declined'],
  ['invalid_scope', 502, 'Webex gave no consent'],
  ['server_error', 502, 'Webex gave no consent'],
  ['unauthorized_client', 502, 'Webex gave no consent'],
])('explains the error %s', async (error, expected, title) => {
  await begin();
  const response = await visitor.get(`/auth?error=${error}&error_description=%3Cb%3Ewhy&state=${states[0] ?? ''}`);
  const page = await response.clone().text();
  expect([response.status, await titleOf(response)]).toEqual([expected, title]);
  expect(page).not.toContain('<b>');
  expect(codes).toEqual([]);
});

it('shows nothing of a name that would be markup', async () => {
  const person = { displayName: '<script>alert(1)</script>', emails: ['"><img src=x>@example.com'], warnings: ['<i>'] };
  status = { kind: 'authorized', person };
  const page = await (await visitor.get('/')).text();
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toMatch(/<script|<img|<i>/);
});

it.each<[string, number, Error]>([
  ['Vault does not answer', 503, new VaultUnreachableError('http://127.0.0.1:1', 'ECONNREFUSED')],
  ['Not available just now', 503, new TemporarilyUnavailable('try again later')],
  ['That was another account', 403, new WrongAccount('not you')],
  ['Something went wrong here', 500, new TypeError('client_secret=hunter2 is undefined')],
])('has a page that says "%s", and tells the operator more', async (title, expected, error) => {
  status = error;
  const response = await visitor.get('/');
  const page = await response.clone().text();
  expect([response.status, await titleOf(response)]).toEqual([expected, title]);
  expect(page).not.toContain('form_token');
  expect(notices).toHaveLength(1);
  expect(page + notices.join()).not.toContain('hunter2');
});

it('answers its own host only', async () => {
  const alias = await visitor.app.request('http://127.0.0.1:5000/auth?code=c&state=s');
  expect([alias.status, alias.headers.get('location')]).toEqual([302, SITE]);
  const rebound = await visitor.app.request('http://attacker.example:5000/');
  expect([rebound.status, rebound.headers.get('set-cookie')]).toEqual([421, null]);
});

it('keeps no more of a browser than its last sixteen consents', async () => {
  for (let count = 0; count < 17; count++) {
    await begin();
  }
  expect(await titleOf(await visitor.get(`/auth?code=c&state=${states[0] ?? ''}`))).toBe(
    'This answer was not asked for',
  );
  expect((await visitor.get(`/auth?code=c&state=${states[1] ?? ''}`)).status).toBe(303);
});
