import { createHash } from 'node:crypto';
import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import {
  authorizeUrl,
  basic,
  call,
  CLIENT,
  exchangeCode,
  inBody,
  login,
  obtainCode,
  OTHER_CLIENT,
  postToken,
  REDIRECT_URL,
  refreshWith,
  startSimulator,
  tokenReply,
} from '../simulated-login';

let webex: WebexSimulator;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  webex = await startSimulator({ now: () => now });
});
afterEach(() => webex.stop());

async function errorOf(response: Response): Promise<string> {
  const { error, error_description: description } = (await response.json()) as Record<string, string>;
  expect(description).toBeTruthy();
  return `${response.status} ${error ?? 'no error'}`;
}

describe('the exchange of a code', () => {
  test('the exchange returns exactly the documented fields', async () => {
    const reply = await exchangeCode(webex, await obtainCode(webex));
    const body: unknown = await reply.json();
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]{64,}$/) as string,
      expires_in: 1_209_599,
      refresh_token: expect.stringMatching(/^[\w-]{64,}$/) as string,
      refresh_token_expires_in: 7_775_999,
      token_type: 'Bearer',
      scope: 'spark:kms spark:people_read',
    });
  });

  test('the exchange also accepts the client in a Basic header', async () => {
    const form = { grant_type: 'authorization_code', code: await obtainCode(webex), redirect_uri: REDIRECT_URL };
    const reply = await postToken(webex, form, basic(CLIENT.clientId, CLIENT.clientSecret));
    expect(reply.status).toBe(200);
  });

  test('the exchange returns the configured lifetimes', async () => {
    webex.behavior.accessTokenTtlSeconds = 43_200;
    webex.behavior.refreshTokenTtlSeconds = 5_097_600;
    expect(await login(webex)).toMatchObject({ expires_in: 43_200, refresh_token_expires_in: 5_097_600 });
  });

  test('the exchange refuses a used code, and revokes the tokens from its first use', async () => {
    const code = await obtainCode(webex);
    const first = tokenReply.parse(await (await exchangeCode(webex, code)).json());
    expect((await call(`${webex.apiUrl}/people/me`, first.access_token)).status).toBe(200);
    expect(await errorOf(await exchangeCode(webex, code))).toBe('400 invalid_grant');
    expect((await call(`${webex.apiUrl}/people/me`, first.access_token)).status).toBe(401);
    expect(await errorOf(await refreshWith(webex, first.refresh_token))).toBe('400 invalid_grant');
  });

  test("the exchange refuses another client's code, which stays valid for its own client", async () => {
    const code = await obtainCode(webex);
    expect(await errorOf(await exchangeCode(webex, code, inBody(OTHER_CLIENT)))).toBe('400 invalid_grant');
    expect((await exchangeCode(webex, code)).status).toBe(200);
  });

  test('the exchange refuses a redirect URL that differs from the authorization request', async () => {
    const code = await obtainCode(webex);
    const changes = { redirect_uri: `${REDIRECT_URL}/` };
    expect(await errorOf(await exchangeCode(webex, code, changes))).toBe('400 invalid_grant');
  });

  test('the exchange refuses an expired code', async () => {
    const [inTime, late] = [await obtainCode(webex), await obtainCode(webex)];
    now += 59_999;
    expect((await exchangeCode(webex, inTime)).status).toBe(200);
    now += 1;
    expect(await errorOf(await exchangeCode(webex, late))).toBe('400 invalid_grant');
  });

  test('the exchange refuses an unknown code', async () => {
    expect(await errorOf(await exchangeCode(webex, 'made-up'))).toBe('400 invalid_grant');
  });
});

describe('PKCE', () => {
  const verifier = 'v'.repeat(64);
  const hashed = createHash('sha256').update(verifier).digest('base64url');
  const s256 = { code_challenge: hashed, code_challenge_method: 'S256' };

  test('PKCE accepts the matching verifier', async () => {
    const code = await obtainCode(webex, s256);
    expect((await exchangeCode(webex, code, { code_verifier: verifier })).status).toBe(200);
  });

  test.each<Record<string, string>>([{}, { code_verifier: hashed }])(
    'PKCE refuses a missing or wrong verifier and ends the code: %j',
    async (form) => {
      const code = await obtainCode(webex, s256);
      expect(await errorOf(await exchangeCode(webex, code, form))).toBe('400 invalid_grant');
      expect(await errorOf(await exchangeCode(webex, code, { code_verifier: verifier }))).toBe('400 invalid_grant');
    },
  );

  test.each(['too-short', 'v'.repeat(129), `${'v'.repeat(63)}!`])(
    'PKCE refuses a malformed verifier: %s',
    async (odd) => {
      const challenge = createHash('sha256').update(odd).digest('base64url');
      const code = await obtainCode(webex, { ...s256, code_challenge: challenge });
      expect(await errorOf(await exchangeCode(webex, code, { code_verifier: odd }))).toBe('400 invalid_request');
    },
  );

  test('PKCE does not replace the client secret', async () => {
    const form = { grant_type: 'authorization_code', code: await obtainCode(webex, s256), redirect_uri: REDIRECT_URL };
    const reply = await postToken(webex, { ...form, client_id: CLIENT.clientId, code_verifier: verifier });
    expect(await errorOf(reply)).toBe('401 invalid_client');
  });

  test('PKCE refuses a verifier without a challenge', async () => {
    const reply = await exchangeCode(webex, await obtainCode(webex), { code_verifier: verifier });
    expect(await errorOf(reply)).toBe('400 invalid_grant');
  });
});

describe('the request', () => {
  const refreshing = { grant_type: 'refresh_token', refresh_token: 'any' };

  test.each([
    ['a wrong secret', { client_id: CLIENT.clientId, client_secret: 'wrong' }, {}],
    ['an unknown client', { client_id: 'C-nobody', client_secret: 'x' }, {}],
    ['no client', {}, {}],
    ['a client without a secret', { client_id: CLIENT.clientId }, {}],
    ['a wrong secret in a Basic header', {}, basic(CLIENT.clientId, 'wrong')],
    ['a Basic header that is no such thing', {}, { Authorization: 'Basic %%%' }],
  ])('the endpoint refuses a request with %s', async (_, form, headers) => {
    const reply = await postToken(webex, { ...refreshing, ...form }, headers);
    expect(reply.headers.has('www-authenticate')).toBe('Authorization' in headers);
    expect(await errorOf(reply)).toBe('401 invalid_client');
  });

  test('the endpoint refuses a client that authenticates twice', async () => {
    const headers = basic(CLIENT.clientId, CLIENT.clientSecret);
    const reply = await postToken(webex, { ...refreshing, ...inBody(CLIENT) }, headers);
    expect(await errorOf(reply)).toBe('400 invalid_request');
  });

  test('the endpoint refuses JSON and parameters in the URL', async () => {
    const url = `${webex.apiUrl}/access_token`;
    const form = { ...refreshing, ...inBody(CLIENT) };
    const json = fetch(url, {
      method: 'POST',
      body: JSON.stringify(form),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(await errorOf(await json)).toBe('415 invalid_request');
    const inUrl = fetch(`${url}?grant_type=refresh_token`, { method: 'POST', body: new URLSearchParams(form) });
    expect(await errorOf(await inUrl)).toBe('400 invalid_request');
  });

  test('the endpoint refuses a missing, unknown or repeated parameter', async () => {
    const client = inBody(CLIENT);
    expect(await errorOf(await postToken(webex, client))).toBe('400 invalid_request');
    const password = { ...client, grant_type: 'password' };
    expect(await errorOf(await postToken(webex, password))).toBe('400 unsupported_grant_type');
    const noToken = { ...client, grant_type: 'refresh_token' };
    expect(await errorOf(await postToken(webex, noToken))).toBe('400 invalid_request');
    const body = new URLSearchParams({ ...client, ...refreshing });
    body.append('refresh_token', 'another');
    const twice = fetch(`${webex.apiUrl}/access_token`, { method: 'POST', body });
    expect(await errorOf(await twice)).toBe('400 invalid_request');
  });

  test('the endpoint refuses another method', async () => {
    const reply = await call(`${webex.apiUrl}/access_token`);
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('POST');
  });
});

describe('a refresh', () => {
  const day = 24 * 3600 * 1000;

  test('a refresh returns a new access token, and the earlier one stays valid', async () => {
    const { access_token: earlier, refresh_token: refreshToken } = await login(webex);
    const reply = tokenReply.parse(await (await refreshWith(webex, refreshToken)).json());
    expect(reply).toMatchObject({ expires_in: 1_209_599, scope: 'spark:kms spark:people_read' });
    expect(reply.access_token).not.toBe(earlier);
    for (const token of [earlier, reply.access_token]) {
      expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
    }
  });

  test('a refresh renews the lifetime of the same refresh token', async () => {
    webex.behavior.refresh = 'renew';
    const { refresh_token: refreshToken } = await login(webex);
    now += 80 * day;
    const reply = tokenReply.parse(await (await refreshWith(webex, refreshToken)).json());
    expect(reply).toMatchObject({ refresh_token: refreshToken, refresh_token_expires_in: 7_775_999 });
    now += 80 * day;
    expect((await refreshWith(webex, refreshToken)).status).toBe(200);
  });

  test('a refresh keeps the refresh token and its expiry', async () => {
    webex.behavior.refresh = 'keep';
    const { refresh_token: refreshToken } = await login(webex);
    now += 80 * day;
    const reply = tokenReply.parse(await (await refreshWith(webex, refreshToken)).json());
    expect(reply).toMatchObject({
      refresh_token: refreshToken,
      refresh_token_expires_in: 7_775_999 - 80 * 24 * 3600,
    });
    now += 80 * day;
    expect(await errorOf(await refreshWith(webex, refreshToken))).toBe('400 invalid_grant');
  });

  test('a refresh rotates the refresh token and invalidates the old one', async () => {
    webex.behavior.refresh = 'rotate';
    const { refresh_token: old } = await login(webex);
    const reply = tokenReply.parse(await (await refreshWith(webex, old)).json());
    expect(reply.refresh_token).not.toBe(old);
    expect(await errorOf(await refreshWith(webex, old))).toBe('400 invalid_grant');
    expect((await refreshWith(webex, reply.refresh_token)).status).toBe(200);
  });

  test('a refresh omits the refresh token, which stays valid', async () => {
    webex.behavior.refresh = 'omit';
    const { refresh_token: refreshToken } = await login(webex);
    const reply = (await (await refreshWith(webex, refreshToken)).json()) as object;
    expect(Object.keys(reply)).toEqual(['access_token', 'expires_in', 'token_type', 'scope']);
    expect((await refreshWith(webex, refreshToken)).status).toBe(200);
  });

  test('a refresh returns the same tokens with the same expiry for a day, then new ones', async () => {
    webex.behavior.sameTokenForSeconds = 24 * 3600;
    webex.behavior.refresh = 'rotate';
    const first = await login(webex);
    now += day - 1000;
    const same = tokenReply.parse(await (await refreshWith(webex, first.refresh_token)).json());
    expect(same).toEqual({
      ...first,
      expires_in: first.expires_in - 86_399,
      refresh_token_expires_in: first.refresh_token_expires_in - 86_399,
    });
    now += 1000;
    const next = tokenReply.parse(await (await refreshWith(webex, first.refresh_token)).json());
    expect(next.expires_in).toBe(first.expires_in);
    expect(next.access_token).not.toBe(first.access_token);
    expect(next.refresh_token).not.toBe(first.refresh_token);
  });

  test('a refresh never returns an expired access token', async () => {
    webex.behavior.sameTokenForSeconds = 24 * 3600;
    webex.behavior.accessTokenTtlSeconds = 12 * 3600;
    const first = await login(webex);
    now += day / 2;
    const next = tokenReply.parse(await (await refreshWith(webex, first.refresh_token)).json());
    expect(next.expires_in).toBe(12 * 3600);
    expect(next.access_token).not.toBe(first.access_token);
  });

  test('the endpoint refuses expired, unknown and revoked refresh tokens, and those of another client', async () => {
    const { refresh_token: refreshToken, access_token: accessToken } = await login(webex);
    expect(await errorOf(await refreshWith(webex, refreshToken, OTHER_CLIENT))).toBe('400 invalid_grant');
    expect(await errorOf(await refreshWith(webex, accessToken))).toBe('400 invalid_grant');
    expect((await refreshWith(webex, refreshToken)).status).toBe(200);
    webex.grants.revokeAll();
    expect(await errorOf(await refreshWith(webex, refreshToken))).toBe('400 invalid_grant');
    const late = await login(webex);
    now += 90 * day;
    expect(await errorOf(await refreshWith(webex, late.refresh_token))).toBe('400 invalid_grant');
  });

  test('the revocation of all grants also invalidates outstanding codes', async () => {
    const code = await obtainCode(webex);
    webex.grants.revokeAll();
    expect(await errorOf(await exchangeCode(webex, code))).toBe('400 invalid_grant');
  });
});

describe('the shape of errors', () => {
  test("errors have Webex's own shape if the behavior says so", async () => {
    webex.behavior.errorShape = 'webex';
    const reply = await refreshWith(webex, 'made-up');
    const body = (await reply.json()) as { message: string; errors: { description: string }[]; trackingId: string };
    expect(reply.status).toBe(400);
    expect(Object.keys(body)).toEqual(['message', 'errors', 'trackingId']);
    expect(body.errors).toEqual([{ description: body.message }]);
    expect(body.trackingId).toBe(reply.headers.get('trackingid'));
  });

  test('errors have the shape of RFC 6749 by default, and repeat no secret', async () => {
    const text = await (await refreshWith(webex, 'a-secret-value')).text();
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['error', 'error_description']);
    expect(text).not.toContain('a-secret-value');
  });
});

test('an authorization URL works for any number of people', async () => {
  const url = authorizeUrl(webex);
  const codes = [await webex.consent(url), await webex.consent(url)];
  expect(new Set(codes).size).toBe(2);
});
