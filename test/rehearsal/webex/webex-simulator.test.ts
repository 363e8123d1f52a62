import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../rehearsal/eventually';
import { HeldRequest } from '../../fixtures/loopback/held-request';
import { DEFAULT_USERS } from '../../../rehearsal/webex/simulated-user';
import { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import {
  ADMIN,
  authorizeUrl,
  call,
  CLIENT,
  exchangeCode,
  login,
  obtainCode,
  OTHER_CLIENT,
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
  test('the server listens only on loopback, on a free port', () => {
    expect(webex.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(webex.apiUrl).toBe(`${webex.url}/v1`);
  });

  test('the server reports that its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startSimulator({ port })).rejects.toThrow(
      `the Webex simulator cannot listen on 127.0.0.1:${port} (EADDRINUSE); free that port or choose another`,
    );
    taken.close();
  });

  test('the server stops, even twice, and frees its port', async () => {
    const { url } = webex;
    await webex.stop();
    await webex.stop();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await using again = await startSimulator({ port: Number(new URL(url).port) });
    expect(again.url).toBe(url);
  });

  test('the server shares nothing with another instance', async () => {
    await using other = await startSimulator();
    const { access_token: token } = await login(other);
    expect((await me(token)).status).toBe(401);
  });

  test("the server keeps the process's global Response unchanged", () => {
    expect(Response).toBe(responseBefore);
  });

  test('the server keeps idle connections open, because the engine might reuse one', async () => {
    const { headers } = await call(`${webex.apiUrl}/rooms`);
    expect(headers.get('connection')).toBe('keep-alive');
    // The header would announce after how many seconds the server closes an idle connection.
    expect(headers.get('keep-alive')).toBeNull();
  });

  test('the server answers that other paths do not exist', async () => {
    const reply = await call(`${webex.apiUrl}/rooms`);
    expect(reply.status).toBe(404);
    expect(await reply.json()).toHaveProperty('trackingId');
  });
});

describe('consent', () => {
  test('consent accepts as the first user, and stops at the redirect URL', async () => {
    const redirect = new URL(await webex.consent(authorizeUrl(webex)));
    expect(redirect.origin + redirect.pathname).toBe(REDIRECT_URL);
    expect(redirect.searchParams.get('state')).toBe('state-1');
    expect((await me((await login(webex)).access_token)).email).toBe(ADMIN);
  });

  test.each([OTHER_ADMIN, PLAIN_USER])('consent accepts as %s', async (as) => {
    expect(await me((await login(webex, { as })).access_token)).toEqual({ status: 200, email: as });
  });

  test('consent fails with the message of an error page', async () => {
    await expect(webex.consent(authorizeUrl(webex, { client_id: 'C-nobody' }))).rejects.toThrow(
      'answered the authorization request with status 400 (No client of this client_id is registered.)',
    );
  });

  test('consent refuses an unknown user, and names the known ones', async () => {
    await expect(webex.consent(authorizeUrl(webex), { as: 'nobody@example.com' })).rejects.toThrow(
      `unknown user "nobody@example.com"; the Webex simulator has "${ADMIN}", "${OTHER_ADMIN}", "${PLAIN_USER}"`,
    );
  });

  test('consent never contacts another server', async () => {
    await expect(webex.consent('https://webexapis.com/v1/authorize?client_id=C')).rejects.toThrow(
      "is not the Webex simulator's",
    );
  });
});

describe('a change at run time', () => {
  test('access tokens expire at once, and a refresh gives a good one', async () => {
    const { access_token: token, refresh_token: refreshToken } = await login(webex);
    webex.grants.expireAccessTokens();
    expect((await me(token)).status).toBe(401);
    const { access_token: next } = (await (await refreshWith(webex, refreshToken)).json()) as { access_token: string };
    expect((await me(next)).status).toBe(200);
  });
});

describe('a person who changes', () => {
  async function refusal(refreshToken: string): Promise<string> {
    const reply = await refreshWith(webex, refreshToken);
    const { error, error_description: description } = (await reply.json()) as Record<string, string>;
    return `${reply.status} ${error ?? ''}: ${description ?? ''}`;
  }

  test("a new password ends only the person's grants, and the person can consent again", async () => {
    const [theirs, other] = [await login(webex, { as: PLAIN_USER }), await login(webex, { as: ADMIN })];
    const code = await obtainCode(webex, {}, PLAIN_USER);
    webex.changePassword(PLAIN_USER);
    expect(await refusal(theirs.refresh_token)).toBe(
      "400 invalid_grant: the refresh token has ended: the person's password was changed",
    );
    expect((await me(theirs.access_token)).status).toBe(401);
    expect((await exchangeCode(webex, code)).status).toBe(400);
    expect((await me(other.access_token)).status).toBe(200);
    expect((await refreshWith(webex, other.refresh_token)).status).toBe(200);
    expect((await me((await login(webex, { as: PLAIN_USER })).access_token)).status).toBe(200);
  });

  test('the simulator refuses the consent of a person who has left', async () => {
    const { refresh_token: refreshToken } = await login(webex, { as: PLAIN_USER });
    webex.deactivate(PLAIN_USER);
    expect(await refusal(refreshToken)).toContain("the person's account was deactivated");
    await expect(webex.consent(authorizeUrl(webex), { as: PLAIN_USER })).rejects.toThrow('names no known user');
    await using other = await startSimulator();
    expect((await other.consent(authorizeUrl(other), { as: PLAIN_USER })).startsWith(REDIRECT_URL)).toBe(true);
  });

  test.each([true, false])("a former administrator's grants end or lose rights: %s", async (endsGrants) => {
    const scope = 'identity:tokens_read';
    const { refresh_token: refreshToken, access_token: token } = await login(webex, { as: ADMIN, scope });
    const url = `${webex.apiUrl}/authorizations?personEmail=${ADMIN}`;
    expect((await call(url, token)).status).toBe(200);
    webex.withdrawRoles(ADMIN, { endsGrants });
    expect((await call(url, token)).status).toBe(endsGrants ? 401 : 403);
    expect((await refreshWith(webex, refreshToken)).status).toBe(endsGrants ? 400 : 200);
  });

  test('the simulator refuses an unknown person', () => {
    expect(() => webex.changePassword('nobody@example.com')).toThrow('unknown user "nobody@example.com"');
  });
});

describe('the granted scopes', () => {
  const scope = 'spark:people_read identity:tokens_read';
  const scopes = ['spark:people_read'];
  const scopesOf = ({ scope }: { readonly scope?: string }) => scope?.split(' ');

  test.each([
    ['everybody', undefined],
    ['a person', ADMIN],
    ['an organization', DEFAULT_USERS[0]?.orgId],
  ])('new grants of %s lack the withheld scopes', async (_, of) => {
    const before = await login(webex, { as: ADMIN, scope });
    webex.behavior.withheld = [{ scopes, of }];
    const after = await login(webex, { as: ADMIN, scope });
    expect(scopesOf(after)).toEqual(['spark:kms', 'identity:tokens_read']);
    expect((await call(`${webex.apiUrl}/people/me`, after.access_token)).status).toBe(403);
    expect((await me(before.access_token)).status).toBe(200);
  });

  test('another person and another organization keep the withheld scopes', async () => {
    webex.behavior.withheld = [
      { scopes, of: OTHER_ADMIN },
      { scopes, of: 'another' },
    ];
    expect(scopesOf(await login(webex, { as: ADMIN, scope }))).toContain('spark:people_read');
  });

  test('a grant loses scopes that are withdrawn, at once and at its refreshes', async () => {
    const { access_token: token, refresh_token: refreshToken } = await login(webex, { as: ADMIN, scope });
    webex.grants.withdrawScopes({ scopes, of: ADMIN });
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(403);
    const refreshed = (await (await refreshWith(webex, refreshToken)).json()) as { scope?: string };
    expect(scopesOf(refreshed)).toEqual(['spark:kms', 'identity:tokens_read']);
  });

  test.each([
    ['more', ['spark:kms', 'identity:tokens_read', 'spark:people_read']],
    ['granted', ['spark:people_read', 'identity:tokens_read']],
    ['none', undefined],
  ] as const)('an answer tells "%s" of the scopes', async (toldScopes, told) => {
    webex.behavior.toldScopes = toldScopes;
    expect(scopesOf(await login(webex, { scope }))).toEqual(told);
  });
});

describe('an integration that the organization switched off', () => {
  const { clientId } = CLIENT;

  test.each([
    ['invalid_grant', 400, { error: 'invalid_grant' }],
    ['invalid_client', 401, { error: 'invalid_client' }],
    ['unauthorized_client', 400, { error: 'unauthorized_client' }],
    ['forbidden', 403, { message: 'the integration is not allowed in this organization' }],
  ] as const)(
    'a refresh is answered with %s until the integration is switched on again',
    async (refresh, status, body) => {
      const { refresh_token: refreshToken } = await login(webex);
      webex.behavior.switchedOff = { clientId, refresh };
      const reply = await refreshWith(webex, refreshToken);
      expect(reply.status).toBe(status);
      expect(await reply.json()).toMatchObject(body);
      webex.behavior.switchedOff = undefined;
      expect((await refreshWith(webex, refreshToken)).status).toBe(200);
    },
  );

  test("the integration's access tokens are refused or accepted as configured, and another integration's tokens still work", async () => {
    const [{ access_token: token }, other] = [await login(webex), await login(webex, { client: OTHER_CLIENT })];
    webex.behavior.switchedOff = { clientId };
    expect((await me(token)).status).toBe(401);
    expect((await me(other.access_token)).status).toBe(200);
    expect((await refreshWith(webex, other.refresh_token, OTHER_CLIENT)).status).toBe(200);
    webex.behavior.switchedOff = { clientId, acceptsAccessTokens: true };
    expect((await me(token)).status).toBe(200);
  });

  test("the consent is denied in Webex's words at the redirect URL", async () => {
    webex.behavior.switchedOff = { clientId };
    const { searchParams } = new URL(await webex.consent(authorizeUrl(webex)));
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'Your administrator denied access to the integration.',
      state: 'state-1',
    });
  });
});

describe('the log of requests', () => {
  test('the log has method, path, status and grant type', async () => {
    const { refresh_token: refreshToken } = await login(webex);
    await refreshWith(webex, refreshToken);
    await call(`${webex.apiUrl}/people/me?access_token=x`);
    const times = {
      startedAt: expect.any(Date) as Date,
      endedAt: expect.any(Date) as Date,
      lateMs: expect.any(Number) as number,
    };
    expect(webex.requests).toEqual([
      { method: 'GET', path: '/v1/authorize', status: 200, ...times },
      { method: 'POST', path: '/v1/authorize', status: 303, ...times },
      { method: 'POST', path: '/v1/access_token', status: 200, grantType: 'authorization_code', grant: 1, ...times },
      { method: 'POST', path: '/v1/access_token', status: 200, grantType: 'refresh_token', grant: 1, ...times },
      { method: 'GET', path: '/v1/people/me', status: 401, ...times },
    ]);
  });

  test("the log has the start and the end of a request by the simulator's clock", async () => {
    let now = Date.UTC(2026, 0, 1);
    await using other = await startSimulator({ now: () => now });
    const held = new HeldRequest();
    other.behavior.fault = { until: held.until };
    const waiting = call(`${other.apiUrl}/people/me`);
    await held.waits;
    now += 1000;
    held.release();
    await waiting;
    expect(other.requests).toMatchObject([
      { startedAt: new Date('2026-01-01T00:00:00Z'), endedAt: new Date('2026-01-01T00:00:01Z') },
    ]);
  });

  test('the log lists a request until it is answered', async () => {
    const { refresh_token: refreshToken } = await login(webex);
    webex.requests.length = 0;
    webex.behavior.fault = { delayMs: 3_600_000, count: 1 };
    const waiting = refreshWith(webex, refreshToken).catch(() => undefined);
    await eventually(() => webex.inFlight.length > 0 || undefined);
    expect(webex.inFlight).toMatchObject([{ path: '/v1/access_token', grantType: 'refresh_token', grant: 1 }]);
    expect(webex.requests).toEqual([]);
    await webex.stop();
    await waiting;
    await eventually(() => webex.inFlight.length === 0 || undefined);
    // The test requested the delay. The answer is therefore not late.
    expect(webex.requests).toMatchObject([{ path: '/v1/access_token', status: 0, lateMs: 0 }]);
  });

  test('the log has how much later than requested an answer was', async () => {
    await using slow = await startSimulator({
      now: () => {
        const blockedUntil = performance.now() + 200;
        while (performance.now() < blockedUntil);
        return Date.now();
      },
    });
    await call(`${slow.apiUrl}/people/me`);
    expect(slow.requests[0]?.lateMs).toBeGreaterThanOrEqual(200);
  });

  test('the log names the grant of a token that is no longer valid', async () => {
    webex.behavior.refresh = 'rotate';
    await login(webex);
    const { refresh_token: old } = await login(webex);
    await refreshWith(webex, old);
    await refreshWith(webex, old);
    expect(webex.requests.at(-1)).toMatchObject({ grant: 2, status: 400 });
  });

  test('the log contains no secret', async () => {
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
