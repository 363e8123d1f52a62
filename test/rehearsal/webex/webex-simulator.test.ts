import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import {
  ADMIN,
  authorizeUrl,
  call,
  CLIENT,
  exchangeCode,
  login,
  obtainCode,
  OTHER_ADMIN,
  PLAIN_USER,
  REDIRECT_URL,
  refreshWith,
  startSimulator,
} from './simulated-login';

const responseBefore = Response;

let webex: WebexSimulator;
beforeEach(async () => (webex = await startSimulator()));
afterEach(() => webex.stop());

async function me(token: string): Promise<{ status: number; email: string | undefined }> {
  const reply = await call(`${webex.apiUrl}/people/me`, token);
  const { emails } = (await reply.json()) as { emails?: string[] };
  return { status: reply.status, email: emails?.[0] };
}

describe('the server', () => {
  test('listens on loopback only, on a free port', () => {
    expect(webex.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(webex.apiUrl).toBe(`${webex.url}/v1`);
  });

  test('says that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startSimulator({ port })).rejects.toThrow(
      `the Webex simulator cannot listen on 127.0.0.1:${port} (EADDRINUSE); free that port or choose another`,
    );
    taken.close();
  });

  test('stops, twice if need be, and frees its port', async () => {
    const { url } = webex;
    await webex.stop();
    await webex.stop();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await using again = await startSimulator({ port: Number(new URL(url).port) });
    expect(again.url).toBe(url);
  });

  test('shares nothing with another one', async () => {
    await using other = await startSimulator();
    const { access_token: token } = await login(other);
    expect((await me(token)).status).toBe(401);
  });

  test('leaves the Response of its process alone', () => {
    expect(Response).toBe(responseBefore);
  });

  test('does not know other paths', async () => {
    const reply = await call(`${webex.apiUrl}/rooms`);
    expect(reply.status).toBe(404);
    expect(await reply.json()).toHaveProperty('trackingId');
  });

  test('keeps its defaults where an option is undefined', async () => {
    await using other = await startSimulator({ accessTokenTtlSeconds: undefined });
    expect((await login(other)).expires_in).toBe(1_209_599);
  });
});

describe('consenting', () => {
  test('accepts as the first user, and ends at the redirect URL without following it', async () => {
    const redirect = new URL(await webex.consent(authorizeUrl(webex)));
    expect(redirect.origin + redirect.pathname).toBe(REDIRECT_URL);
    expect(redirect.searchParams.get('state')).toBe('state-1');
    expect((await me((await login(webex)).access_token)).email).toBe(ADMIN);
  });

  test.each([OTHER_ADMIN, PLAIN_USER])('accepts as %s', async (as) => {
    expect(await me((await login(webex, { as })).access_token)).toEqual({ status: 200, email: as });
  });

  test('denies', async () => {
    const redirect = new URL(await webex.consent(authorizeUrl(webex), { decision: 'deny' }));
    expect(redirect.searchParams.get('error')).toBe('access_denied');
  });

  test('returns the redirect of a request that is refused without asking', async () => {
    const redirect = new URL(await webex.consent(authorizeUrl(webex, { scope: 'spark:all' })));
    expect(redirect.searchParams.get('error')).toBe('invalid_scope');
  });

  test('fails with the words of an error page', async () => {
    await expect(webex.consent(authorizeUrl(webex, { client_id: 'C-nobody' }))).rejects.toThrow(
      'answered the authorization request with status 400 (No client of this client_id is registered.)',
    );
  });

  test('fails for an unknown user, naming the known ones', async () => {
    await expect(webex.consent(authorizeUrl(webex), { as: 'nobody@example.com' })).rejects.toThrow(
      `unknown user "nobody@example.com"; the Webex simulator has "${ADMIN}", "${OTHER_ADMIN}", "${PLAIN_USER}"`,
    );
  });

  test('never goes to another server', async () => {
    await expect(webex.consent('https://webexapis.com/v1/authorize?client_id=C')).rejects.toThrow(
      "is not the Webex simulator's",
    );
  });
});

describe('what can be changed while it runs', () => {
  test('access tokens expire at once, and a refresh gives a good one', async () => {
    const { access_token: token, refresh_token: refreshToken } = await login(webex);
    webex.expireAccessTokens();
    expect((await me(token)).status).toBe(401);
    const { access_token: next } = (await (await refreshWith(webex, refreshToken)).json()) as { access_token: string };
    expect((await me(next)).status).toBe(200);
  });

  test('grants are revoked at once', async () => {
    const { access_token: token, refresh_token: refreshToken } = await login(webex);
    webex.revokeGrants();
    expect((await me(token)).status).toBe(401);
    expect((await refreshWith(webex, refreshToken)).status).toBe(400);
    expect((await me((await login(webex)).access_token)).status).toBe(200);
  });

  test('the behaviour can be replaced as a whole', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    webex.behaviour = { ...webex.behaviour, accessTokenTtlSeconds: 5 };
    expect((await login(webex)).expires_in).toBe(5);
    now.mockRestore();
  });
});

describe('the log of requests', () => {
  test('tells method, path, status and grant type', async () => {
    const { refresh_token: refreshToken } = await login(webex);
    await refreshWith(webex, refreshToken);
    await call(`${webex.apiUrl}/people/me?access_token=x`);
    expect(webex.requests).toEqual([
      { method: 'GET', path: '/v1/authorize', status: 200 },
      { method: 'POST', path: '/v1/authorize', status: 303 },
      { method: 'POST', path: '/v1/access_token', status: 200, grantType: 'authorization_code' },
      { method: 'POST', path: '/v1/access_token', status: 200, grantType: 'refresh_token' },
      { method: 'GET', path: '/v1/people/me', status: 401 },
    ]);
  });

  test('holds no secret', async () => {
    const code = await obtainCode(webex);
    const { access_token: accessToken, refresh_token: refreshToken } = (await (
      await exchangeCode(webex, code)
    ).json()) as Record<string, string>;
    await exchangeCode(webex, code, { grant_type: 'a-secret-in-the-wrong-field' });
    const log = JSON.stringify(webex.requests);
    for (const secret of [code, accessToken, refreshToken, CLIENT.clientSecret, 'a-secret-in-the-wrong-field']) {
      expect(log).not.toContain(secret);
    }
  });
});
