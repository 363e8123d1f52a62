import { createHash } from 'node:crypto';
import { exitCodeOf, TemporarilyUnavailable, WebexResponseError, WebexUnreachableError } from '#core';
import { ClientRefused, GrantRefused, RequestRefused } from '../../../lib/webex/grant-errors';
import { exchangeCode, refreshPair } from '../../../lib/webex/token-request';
import type { TokenPair } from '../../../lib/webex/token-pair';
import type { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import {
  ADMIN,
  call,
  CLIENT,
  login,
  obtainCode,
  OTHER_CLIENT,
  REDIRECT_URL,
  startSimulator,
} from '../../rehearsal/webex/simulated-login';
import { scriptedWebex, type WebexAnswer } from '../../fixtures/loopback/recording-server';
import { failureOf } from '../../fixtures/results/shown';
import { SimulatedClock } from '../../fixtures/clocks/simulated-clock';

const { clientId, clientSecret } = CLIENT;
const VERIFIER = 'verifier-'.repeat(6);

let webex: WebexSimulator;
let clock: SimulatedClock;
beforeEach(async () => {
  clock = new SimulatedClock();
  webex = await startSimulator({ now: clock.now });
});
afterEach(() => webex.stop());

function exchange(code: string, changes: Partial<Parameters<typeof exchangeCode>[0]> = {}): Promise<TokenPair> {
  const tokenUrl = `${webex.apiUrl}/access_token`;
  return exchangeCode({ tokenUrl, clientId, clientSecret, code, redirectUri: REDIRECT_URL, clock, ...changes });
}

function refresh(refreshToken: string, changes: Partial<Parameters<typeof refreshPair>[0]> = {}): Promise<TokenPair> {
  return refreshPair({
    tokenUrl: `${webex.apiUrl}/access_token`,
    clientId,
    clientSecret,
    refreshToken,
    clock,
    ...changes,
  });
}

async function emailOf({ accessToken }: TokenPair): Promise<unknown> {
  return ((await (await call(`${webex.apiUrl}/people/me`, accessToken)).json()) as { emails?: unknown }).emails;
}

describe('a code', () => {
  it('the request exchanges a code for a pair', async () => {
    const pair = await exchange(await obtainCode(webex));
    expect(pair).toMatchObject({
      accessTokenSeconds: 1_209_599,
      refreshTokenTtlSeconds: 7_775_999,
      scopes: ['spark:kms', 'spark:people_read'],
    });
    expect(await emailOf(pair)).toEqual([ADMIN]);
    expect(await emailOf(await refresh(pair.refreshToken))).toEqual([ADMIN]);
  });

  it('the request exchanges a code for a pair with the PKCE verifier', async () => {
    const challenge = createHash('sha256').update(VERIFIER).digest('base64url');
    const asked = { code_challenge: challenge, code_challenge_method: 'S256' };
    const pair = await exchange(await obtainCode(webex, asked), { codeVerifier: VERIFIER });
    expect(await emailOf(pair)).toEqual([ADMIN]);
    const missing = await failureOf(exchange(await obtainCode(webex, asked)));
    expect(missing).toBeInstanceOf(GrantRefused);
    expect(missing.message).toContain('code_verifier is missing');
  });

  it.each(['rfc6749', 'webex'] as const)(
    'Webex refuses a code that is used, made up or issued for another request (%s)',
    async (shape) => {
      webex.behavior.errorShape = shape;
      const used = await obtainCode(webex);
      await exchange(used);
      for (const refused of [
        exchange(used),
        exchange('made-up-code'),
        exchange(await obtainCode(webex), { redirectUri: `${REDIRECT_URL}/` }),
        exchange(await obtainCode(webex, { client_id: OTHER_CLIENT.clientId })),
      ]) {
        const error = await failureOf(refused);
        expect(error).toBeInstanceOf(GrantRefused);
        expect(error.message).toMatch(
          /^Webex refuses the authorization code for client id C-integration \(.+\)\. It was used before, has expired, or belongs to .+; begin again, and consent without delay$/,
        );
      }
    },
  );
});

describe('a refresh token', () => {
  it.each(['renew', 'keep', 'rotate', 'omit'] as const)(
    'the request refreshes a pair if Webex behaves as "%s"',
    async (behavior) => {
      webex.behavior.refresh = behavior;
      const { refresh_token: first } = await login(webex);
      const pair = await refresh(first);
      expect(pair.refreshToken === first).toBe(behavior !== 'rotate');
      expect(pair.refreshTokenTtlSeconds).toBe(behavior === 'omit' ? undefined : 7_775_999);
      expect(await emailOf(await refresh(pair.refreshToken))).toEqual([ADMIN]);
    },
  );

  it.each(['rfc6749', 'webex'] as const)(
    'Webex refuses a refresh token that is not valid for this client (%s)',
    async (shape) => {
      webex.behavior.errorShape = shape;
      const { refresh_token: ofAnother } = await login(webex, { client: OTHER_CLIENT });
      const { refresh_token: revoked } = await login(webex);
      webex.changePassword(ADMIN);
      for (const refreshToken of [ofAnother, revoked, 'made-up-token']) {
        const error = await failureOf(refresh(refreshToken));
        expect(error).toBeInstanceOf(GrantRefused);
        expect(error.message).toMatch(
          /^Webex refuses the refresh token for client id C-integration \(.+\)\. It has expired, was revoked or replaced, or belongs to another integration; give a refresh token of this integration, or have a person consent$/,
        );
        expect(exitCodeOf(error)).toBe(1);
      }
    },
  );
});

describe('a client', () => {
  it.each(['rfc6749', 'webex'] as const)(
    'Webex refuses a client with a wrong secret, and no grant is touched (%s)',
    async (shape) => {
      webex.behavior.errorShape = shape;
      const code = await obtainCode(webex);
      const { refresh_token: refreshToken } = await login(webex);
      for (const refused of [
        exchange(code, { clientSecret: 'wrong-secret' }),
        refresh(refreshToken, { clientSecret: 'wrong-secret' }),
      ]) {
        const error = await failureOf(refused);
        expect(error).toBeInstanceOf(ClientRefused);
        expect(error.message).toMatch(
          /^Webex refuses the given client secret for client id C-integration \(.+\); no grant is affected\. Compare the secret \(prompt, file or TF_VAR_...\) with the app's page in Webex's developer portal, and give the right one$/,
        );
      }
      expect(await emailOf(await exchange(code))).toEqual([ADMIN]);
      expect(await emailOf(await refresh(refreshToken))).toEqual([ADMIN]);
    },
  );

  it.each(['unauthorized_client', 'forbidden'] as const)(
    'the error says that the organization does not allow the client (%s)',
    async (refused) => {
      const { refresh_token: refreshToken } = await login(webex);
      webex.behavior.switchedOff = { clientId, refresh: refused };
      const error = await failureOf(refresh(refreshToken));
      expect(error).toBeInstanceOf(RequestRefused);
      expect(error.message).toMatch(
        /the integration is not allowed in this organization.*whether Control Hub allows the app$/,
      );
    },
  );
});

describe("in Webex's own words, without a code of OAuth's", () => {
  const words = (status: number, message: string): WebexAnswer => ({ status, body: { message } });

  async function failure(...answers: WebexAnswer[]): Promise<Error> {
    await using scripted = await scriptedWebex(...answers);
    const tokenUrl = `${scripted.address}/v1/access_token`;
    return await failureOf(refresh('a-refresh-token', { tokenUrl }));
  }

  it('a check of the secret classifies a refusal without an OAuth error code', async () => {
    const wrong = words(401, 'client authentication failed');
    expect(await failure(words(400, 'no'), { status: 400, body: { error: 'invalid_grant' } })).toBeInstanceOf(
      GrantRefused,
    );
    expect(await failure(words(400, 'no'), { status: 401, body: { error: 'invalid_client' } })).toBeInstanceOf(
      ClientRefused,
    );
    expect(await failure(words(400, 'no'), words(400, 'no'), wrong, wrong)).toBeInstanceOf(GrantRefused);
  });

  it.each([
    ['does not tell', [words(400, 'no')]],
    ['cannot be asked', [words(400, 'no'), words(503, 'busy')]],
  ])('the error blames the secret or the token if the check %s', async (_, answers) => {
    const error = await failure(...answers);
    expect(error).toBeInstanceOf(RequestRefused);
    expect(error.message).toBe(
      "Webex answered 400 to access_token (no); Webex refuses either the client secret or the refresh token; first compare the secret with the app's page in Webex's developer portal",
    );
  });

  it("the error has the description that Webex's own format keeps in a list", async () => {
    const body = { message: 'Bad', errors: [{ description: 'The scope is odd' }], trackingId: 'T_1' };
    expect((await failure({ status: 403, body })).message).toContain('(Bad: The scope is odd, tracking id T_1)');
  });
});

describe('trouble that passes', () => {
  it("the request waits as long as Webex's rate limit says", async () => {
    webex.behavior.fault = { path: '/v1/access_token', status: 429, retryAfterSeconds: 17, count: 2 };
    expect(await emailOf(await exchange(await obtainCode(webex)))).toEqual([ADMIN]);
    expect(clock.waits).toEqual([17, 17]);
  });

  it('the error reports a rate limit that lasts too long or comes too often', async () => {
    const { refresh_token: refreshToken } = await login(webex);
    webex.behavior.fault = { path: '/v1/access_token', status: 429, retryAfterSeconds: 3600 };
    const long = await failureOf(refresh(refreshToken));
    expect(long).toBeInstanceOf(TemporarilyUnavailable);
    expect(long).toMatchObject({ retryAfterMs: 3_600_000 });
    expect(long.message).toContain('it asks for a pause of 3600 s: run the command again after that');
    expect(clock.waits).toEqual([]);
    webex.behavior.fault = { path: '/v1/access_token', status: 429 };
    expect(await failureOf(refresh(refreshToken))).toMatchObject({ statusCode: 429, isTransient: true });
    expect(clock.waits).toEqual([5, 5, 5]);
  });

  it('the request presents a code or a refresh token only once, even after a fault', async () => {
    const { refresh_token: refreshToken } = await login(webex);
    for (const fault of [{ status: 503 }, { dropConnection: true }]) {
      webex.requests.length = 0;
      webex.behavior.fault = { path: '/v1/access_token', ...fault };
      const error = await failureOf(refresh(refreshToken));
      expect(error).toBeInstanceOf('status' in fault ? WebexResponseError : WebexUnreachableError);
      expect(exitCodeOf(error)).toBe(4);
      expect(webex.requests).toHaveLength(1);
    }
    expect(clock.waits).toEqual([]);
  });

  it('the signal ends the request, even during a wait', async () => {
    const abort = new AbortController();
    webex.behavior.fault = { path: '/v1/access_token', status: 429, retryAfterSeconds: 10 };
    clock.at(5, () => abort.abort(new Error('stopped')));
    expect((await failureOf(refresh('any', { signal: abort.signal }))).message).toBe('stopped');
  });
});

it.each([
  ['nothing', { status: 200, body: {} }],
  ['no tokens', { status: 200, body: { ok: true } }],
  ['no refresh token, where none was sent', { status: 200, body: { access_token: 'x', expires_in: 1 } }],
  ['a page', { status: 403, body: '<html>' }],
  ['the way to another server', { status: 302, headers: { location: '/x' } }],
])('the request reports %s as the answer of another server', async (_, answer) => {
  await using scripted = await scriptedWebex(answer);
  const error = await failureOf(exchange('a-code', { tokenUrl: `${scripted.address}/v1/access_token` }));
  expect(error).toBeInstanceOf(WebexUnreachableError);
  expect(error.message).toBe(
    `${scripted.address}/v1 answered access_token with something that is not a Webex reply; check the Webex API URL`,
  );
});

it.each([0, -1, 1e300, 'soon'])(
  'the pair is kept without a lifetime if its refresh token lives for %p',
  async (life) => {
    const body = { access_token: 'a', refresh_token: 'r', expires_in: 1, refresh_token_expires_in: life, scope: 7 };
    await using scripted = await scriptedWebex({ body });
    const pair = await exchange('a-code', { tokenUrl: `${scripted.address}/v1/access_token` });
    expect([pair.accessToken, pair.refreshToken]).toEqual(['a', 'r']);
    expect([pair.refreshTokenTtlSeconds, pair.scopes]).toEqual([undefined, undefined]);
  },
);

it.each([
  [
    'in another order',
    'spark:rooms_read spark:kms spark:people_read',
    ['spark:kms', 'spark:people_read', 'spark:rooms_read'],
  ],
  ['repeated, between more spaces', ' b:two  a:one b:two ', ['a:one', 'b:two']],
  ['in an empty text', '', undefined],
  ['in a list', ['a:one'], undefined],
])('the pair has the scopes of an answer that tells them %s', async (_, scope, scopes) => {
  await using scripted = await scriptedWebex({ body: { access_token: 'a', refresh_token: 'r', expires_in: 1, scope } });
  expect((await exchange('a-code', { tokenUrl: `${scripted.address}/v1/access_token` })).scopes).toEqual(scopes);
});
