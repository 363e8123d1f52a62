import { exitCodeOf, TemporarilyUnavailable, WebexResponseError, WebexUnreachableError } from '#core';
import {
  awaitDeviceGrant,
  beginDeviceGrant,
  DEVICE_REDIRECT_URLS,
  type DeviceGrant,
} from '../../../lib/webex/device-grant';
import { ClientRefused, DeviceGrantDenied, DeviceGrantExpired, RequestRefused } from '../../../lib/webex/grant-errors';
import type { TokenPair } from '../../../lib/webex/token-pair';
import type { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import { scriptedWebex } from '../../fixtures/loopback/recording-server';
import { call, CLIENT, OTHER_ADMIN, REDIRECT_URL, startSimulator } from '../../rehearsal/webex/simulated-login';
import { failureOf } from '../../fixtures/results/shown';
import { SimulatedClock } from '../../fixtures/clocks/simulated-clock';

const { clientId, clientSecret } = CLIENT;
const TOKEN_PATH = '/v1/device/token';

let webex: WebexSimulator;
let clock: SimulatedClock;
beforeEach(async () => {
  clock = new SimulatedClock();
  webex = await startSimulator({ now: clock.now });
});
afterEach(() => webex.stop());

function begin(changes: Partial<Parameters<typeof beginDeviceGrant>[0]> = {}): Promise<DeviceGrant> {
  return beginDeviceGrant({ apiUrl: webex.apiUrl, clientId, scopes: ['spark:people_read'], clock, ...changes });
}

function tokens(grant: DeviceGrant, changes: Partial<Parameters<typeof awaitDeviceGrant>[0]> = {}): Promise<TokenPair> {
  return awaitDeviceGrant({ apiUrl: webex.apiUrl, grant, clientSecret, clock, ...changes });
}

/** Statuses of all token requests. */
function asked(): number[] {
  return webex.requests.filter(({ path }) => path === TOKEN_PATH).map(({ status }) => status);
}

async function emailOf({ accessToken }: TokenPair): Promise<unknown> {
  return ((await (await call(`${webex.apiUrl}/people/me`, accessToken)).json()) as { emails?: unknown }).emails;
}

describe('a device grant', () => {
  it('the device grant has a user code, a verification address and an expiry', async () => {
    const grant = await begin({ scopes: ['spark:people_read', 'analytics:read_all'] });
    expect(grant.userCode).toMatch(/^\d{6}$/);
    expect(grant.verificationUri).toBe(`${webex.url}/verify`);
    expect(grant.verificationUriComplete).toMatch(/\/verify\?userCode=[0-9a-f]{64}$/);
    expect(grant.expiresAt.getTime() - clock.now()).toBe(300_000);
    expect(grant).toMatchObject({ intervalSeconds: 2, clientId });
  });

  it("polling keeps Webex's interval and ends with the tokens of the person who accepted", async () => {
    const grant = await begin();
    clock.at(5, () => webex.confirmDevice(grant.userCode, { as: OTHER_ADMIN }));
    const pair = await tokens(grant);
    expect(pair).toMatchObject({ accessTokenSeconds: 1_209_599, scopes: ['spark:kms', 'spark:people_read'] });
    expect(await emailOf(pair)).toEqual([OTHER_ADMIN]);
    expect(clock.waits).toEqual([2, 2, 2]);
    expect(asked()).toEqual([428, 428, 200]);
  });

  it.each(['rfc6749', 'webex'] as const)(
    'polling goes on if Webex answers 400 while the grant is pending (%s)',
    async (shape) => {
      webex.behavior.errorShape = shape;
      webex.behavior.devicePending = 400;
      const grant = await begin();
      clock.at(3, () => webex.confirmDevice(grant.userCode));
      await tokens(grant);
      expect(asked()).toEqual([400, 200]);
    },
  );

  it.each(['rfc6749', 'webex'] as const)(
    "polling adds 5 s after slow_down, and reaches Webex's interval after several (%s)",
    async (shape) => {
      webex.behavior.errorShape = shape;
      webex.behavior.deviceIntervalSeconds = 9;
      const begun = await begin();
      const hasty = Object.assign(Object.create(begun) as DeviceGrant, { intervalSeconds: 2 });
      Object.defineProperty(hasty, 'deviceCode', { value: begun.deviceCode });
      clock.at(100, () => webex.confirmDevice(begun.userCode));
      await tokens(hasty);
      // Webex asks for 9 s. After each request that came too soon, Webex asks for 14, 19 and 24 s.
      expect(clock.waits).toEqual([2, 2, 7, 17, 32, 32, 32]);
      expect(asked()).toEqual([428, 400, 400, 400, 428, 428, 200]);
    },
  );

  it('polling keeps the longer interval', async () => {
    const answers = ['slow_down', 'authorization_pending', 'slow_down', 'authorization_pending', 'access_denied'];
    await using scripted = await scriptedWebex(...answers.map((error) => ({ status: 400, body: { error } })));
    expect(await failureOf(tokens(await begin(), { apiUrl: scripted.address }))).toBeInstanceOf(DeviceGrantDenied);
    expect(clock.waits).toEqual([2, 7, 7, 12, 12]);
  });

  it('polling stops for as long as a 429 says, and then returns to the interval', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 429, retryAfterSeconds: 30, count: 1 };
    clock.at(33, () => webex.confirmDevice(grant.userCode));
    await tokens(grant);
    expect(clock.waits).toEqual([2, 30, 2]);
  });

  it('polling keeps the interval if a 429 names no time', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 429, count: 1 };
    await webex.confirmDevice(grant.userCode);
    await tokens(grant);
    expect(clock.waits).toEqual([2, 2]);
  });

  it("polling ends at once if a 429 names a time after the code's expiry", async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 429, retryAfterSeconds: 299 };
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(TemporarilyUnavailable);
    expect(error.message).toBe(
      'Webex asks for a pause of 299 s (429 to device/token), and the code expires before its end; nothing was changed: begin again after the pause',
    );
  });

  it.each([{ status: 503 }, { dropConnection: true }, { status: 502, body: 'html' as const }])(
    'polling survives an outage, and asks less and less often during it: %j',
    async (fault) => {
      const grant = await begin();
      webex.behavior.fault = { path: TOKEN_PATH, ...fault };
      await webex.confirmDevice(grant.userCode);
      clock.at(100, () => (webex.behavior.fault = undefined));
      await tokens(grant);
      expect(clock.waits).toEqual([2, 4, 8, 16, 30, 30, 30]);
    },
  );

  it('polling returns to the usual interval after an outage', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 503, count: 2 };
    clock.at(18, () => webex.confirmDevice(grant.userCode));
    await tokens(grant);
    expect(clock.waits).toEqual([2, 4, 8, 2, 2]);
  });
});

describe('nobody who accepts', () => {
  it('polling ends when the code expires, after a last request', async () => {
    webex.behavior.deviceCodeTtlSeconds = 7;
    const error = await failureOf(tokens(await begin()));
    expect(error).toBeInstanceOf(DeviceGrantExpired);
    expect(error.message).toBe(
      'the code has expired, and nobody accepted in time; nothing was changed: begin again with a new code',
    );
    expect(clock.waits).toEqual([2, 2, 2, 1]);
  });

  it.each(['expired_token', 'invalid_grant'] as const)(
    'polling ends earlier if Webex says that the code has expired, by %s',
    async (code) => {
      webex.behavior.deviceExpired = code;
      webex.behavior.deviceCodeTtlSeconds = 3;
      const begun = await begin();
      const patient = Object.assign(Object.create(begun) as DeviceGrant, { expiresAt: new Date(clock.now() + 60_000) });
      Object.defineProperty(patient, 'deviceCode', { value: begun.deviceCode });
      expect(await failureOf(tokens(patient))).toBeInstanceOf(DeviceGrantExpired);
      expect(asked()).toEqual([428, 400]);
    },
  );

  it('the error says that the outcome could not be seen if Webex failed until the expiry', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 503 };
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantExpired);
    expect(error.message).toContain('unless an answer of Webex was lost (Webex answered 503 to device/token');
    expect(clock.now() - grant.expiresAt.getTime()).toBe(0);
  });

  it('the error is not definite if the answer with the tokens may have been lost', async () => {
    const grant = await begin();
    await webex.confirmDevice(grant.userCode);
    webex.behavior.fault = { path: TOKEN_PATH, when: 'after', dropConnection: true, count: 1 };
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantExpired);
    expect(error.message).toContain('unless an answer of Webex was lost (no answer from Webex at');
  });

  it.each(['rfc6749', 'webex'] as const)('a denial ends the polling at once (%s)', async (shape) => {
    webex.behavior.errorShape = shape;
    const grant = await begin();
    await webex.confirmDevice(grant.userCode, { decision: 'deny' });
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantDenied);
    expect(error.message).toMatch(
      /^the person with the code, or their organization, denied the request \(The user denied the request.*\); nothing was changed: ask that person or an administrator of Webex, then begin again$/,
    );
  });

  it('the error says that the organization does not allow the integration', async () => {
    const grant = await begin();
    webex.behavior.switchedOff = { clientId };
    await expect(webex.confirmDevice(grant.userCode)).rejects.toThrow();
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantDenied);
    expect(error.message).toContain('Your administrator denied access to the integration');
  });

  it('the signal ends the wait between two requests', async () => {
    const abort = new AbortController();
    clock.at(3, () => abort.abort(new Error('stopped')));
    expect((await failureOf(tokens(await begin(), { signal: abort.signal }))).message).toBe('stopped');
    expect(asked()).toEqual([428]);
  });

  it('the signal ends a request that is under way', async () => {
    const grant = await begin();
    const abort = new AbortController();
    webex.behavior.fault = { path: TOKEN_PATH, delayMs: 3_600_000 };
    const waiting = failureOf(tokens(grant, { signal: abort.signal }));
    while (webex.inFlight.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    abort.abort(new Error('stopped'));
    expect((await waiting).message).toBe('stopped');
  });
});

describe('a refused client', () => {
  it.each(['rfc6749', 'webex'] as const)('the error says that the client secret is wrong (%s)', async (shape) => {
    webex.behavior.errorShape = shape;
    const error = await failureOf(tokens(await begin(), { clientSecret: 'wrong-secret' }));
    expect(error).toBeInstanceOf(ClientRefused);
    expect(error.message).toMatch(/^Webex refuses the given client secret for client id C-integration /);
  });

  it('the error names a wrong client secret even if Webex uses no OAuth error code', async () => {
    const grant = await begin();
    const no = { status: 400, body: { message: 'no' } };
    for (const [error, kind] of [
      ['invalid_client', ClientRefused],
      ['invalid_grant', RequestRefused],
    ] as const) {
      await using scripted = await scriptedWebex(no, { status: 400, body: { error } });
      expect(await failureOf(tokens(grant, { apiUrl: `${scripted.address}/v1` }))).toBeInstanceOf(kind);
    }
  });

  it('the error says that Webex refuses the device grant for this client', async () => {
    await using scripted = await scriptedWebex({ status: 400, body: { error: 'unauthorized_client' } });
    const error = await failureOf(tokens(await begin(), { apiUrl: scripted.address }));
    expect(error).toBeInstanceOf(RequestRefused);
    expect(error.message).toMatch(/^Webex answered 400 to device\/token \(unauthorized_client\); compare client id/);
  });
});

describe('a beginning', () => {
  it.each([
    ['an unknown client', { clientId: 'C-nobody' }, 'Client Id is invalid'],
    [
      'a scope that is not registered',
      { scopes: ['spark:all'] },
      'The scope is missing, or not all of it is registered',
    ],
  ])('Webex refuses to begin a device grant with %s', async (_, changes, said) => {
    const error = await failureOf(begin(changes));
    expect(error).toBeInstanceOf(RequestRefused);
    expect(error.message).toContain(`Webex answered 400 to device/authorize (${said}`);
    expect(exitCodeOf(error)).toBe(1);
  });

  it("the error names Webex's redirect URLs that the integration lacks", async () => {
    await using other = await startSimulator({ clients: [{ ...CLIENT, redirectUrls: [REDIRECT_URL] }] });
    const error = await failureOf(begin({ apiUrl: other.apiUrl }));
    expect(error).toBeInstanceOf(RequestRefused);
    DEVICE_REDIRECT_URLS.forEach((url) => expect(error.message).toContain(url));
  });

  it('the begin request waits out a 429, and fails as temporary during an outage', async () => {
    webex.behavior.fault = { path: '/v1/device/authorize', status: 429, retryAfterSeconds: 9, count: 1 };
    await begin();
    expect(clock.waits).toEqual([9]);
    webex.behavior.fault = { status: 500 };
    expect(await failureOf(begin())).toBeInstanceOf(WebexResponseError);
    webex.behavior.fault = { dropConnection: true };
    expect(await failureOf(begin())).toBeInstanceOf(WebexUnreachableError);
  });

  it.each([
    ['no device code', { device_code: '' }],
    ['a code that a terminal obeys', { user_code: '\u001b[2J1' }],
    ['an address that is none of the web', { verification_uri: 'file:///etc/passwd' }],
    ['no end', { expires_in: 0 }],
    ['an end that no calendar has', { expires_in: 1e300 }],
  ])('an answer with %s is rejected as not from Webex', async (_, changes) => {
    const reply = {
      device_code: 'd',
      user_code: '123456',
      verification_uri: 'https://example.com/verify',
      expires_in: 300,
      interval: 2,
    };
    await using fine = await scriptedWebex({ body: reply });
    expect(await begin({ apiUrl: fine.address })).toMatchObject({
      userCode: '123456',
      verificationUriComplete: undefined,
    });
    await using scripted = await scriptedWebex({ body: { ...reply, ...changes } });
    expect((await failureOf(begin({ apiUrl: scripted.address }))).message).toContain(
      'something that is not a Webex reply',
    );
  });

  it.each([
    ['at least one second, even if Webex names less', { interval: 5e-324 }, 1],
    ['5 s if Webex names none, as in RFC 8628', {}, 5],
  ])('the interval is %s', async (_, named, seconds) => {
    const fields = { device_code: 'd', user_code: '1', verification_uri: 'https://example.com/', expires_in: 9 };
    await using scripted = await scriptedWebex({ body: { ...fields, ...named } });
    expect((await begin({ apiUrl: scripted.address })).intervalSeconds).toBe(seconds);
  });
});
