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
import { ScriptedWebex } from '../../fixtures/loopback/scripted-webex';
import { call, CLIENT, OTHER_ADMIN, REDIRECT_URL, startSimulator } from '../../rehearsal/webex/simulated-login';
import { failureOf, shownOf } from './failure';
import { SimulatedClock } from './simulated-clock';

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

/** Statuses of what was asked. */
function asked(): number[] {
  return webex.requests.filter(({ path }) => path === TOKEN_PATH).map(({ status }) => status);
}

async function emailOf({ accessToken }: TokenPair): Promise<unknown> {
  return ((await (await call(`${webex.apiUrl}/people/me`, accessToken)).json()) as { emails?: unknown }).emails;
}

describe('a device grant', () => {
  it('begins with what a person types where, and until when', async () => {
    const grant = await begin({ scopes: ['spark:people_read', 'analytics:read_all'] });
    expect(grant.userCode).toMatch(/^\d{6}$/);
    expect(grant.verificationUri).toBe(`${webex.url}/verify`);
    expect(grant.verificationUriComplete).toMatch(/\/verify\?userCode=[0-9a-f]{64}$/);
    expect(grant.expiresAt.getTime() - clock.now()).toBe(300_000);
    expect(grant).toMatchObject({ intervalSeconds: 2, clientId });
  });

  it('ends in the pair of whoever accepted, and asks as often as Webex allows until then', async () => {
    const grant = await begin();
    clock.at(5, () => webex.confirmDevice(grant.userCode, { as: OTHER_ADMIN }));
    const pair = await tokens(grant);
    expect(pair).toMatchObject({ accessTokenSeconds: 1_209_599, scopes: ['spark:people_read'] });
    expect(await emailOf(pair)).toEqual([OTHER_ADMIN]);
    expect(clock.waits).toEqual([2, 2, 2]);
    expect(asked()).toEqual([428, 428, 200]);
  });

  it.each(['rfc6749', 'webex'] as const)(
    'goes on where Webex says by 400 that nobody has answered (%s)',
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
    'waits 5 s longer from a slow_down on, and catches up with Webex after several (%s)',
    async (shape) => {
      webex.behavior.errorShape = shape;
      webex.behavior.deviceIntervalSeconds = 9;
      const begun = await begin();
      const hasty = Object.assign(Object.create(begun) as DeviceGrant, { intervalSeconds: 2 });
      Object.defineProperty(hasty, 'deviceCode', { value: begun.deviceCode });
      clock.at(100, () => webex.confirmDevice(begun.userCode));
      await tokens(hasty);
      // Webex asks for 9 s, and for 14, 19 and 24 once it was asked too soon.
      expect(clock.waits).toEqual([2, 2, 7, 17, 32, 32, 32]);
      expect(asked()).toEqual([428, 400, 400, 400, 428, 428, 200]);
    },
  );

  it('keeps to the longer interval', async () => {
    const answers = ['slow_down', 'authorization_pending', 'slow_down', 'authorization_pending', 'access_denied'];
    await using scripted = await ScriptedWebex.start(...answers.map((error) => ({ status: 400, body: { error } })));
    expect(await failureOf(tokens(await begin(), { apiUrl: scripted.url }))).toBeInstanceOf(DeviceGrantDenied);
    expect(clock.waits).toEqual([2, 7, 7, 12, 12]);
  });

  it('leaves Webex alone as long as a 429 says, and then asks as often as before', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 429, retryAfterSeconds: 30, count: 1 };
    clock.at(33, () => webex.confirmDevice(grant.userCode));
    await tokens(grant);
    expect(clock.waits).toEqual([2, 30, 2]);
  });

  it('keeps to the interval where a 429 does not say how long', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 429, count: 1 };
    await webex.confirmDevice(grant.userCode);
    await tokens(grant);
    expect(clock.waits).toEqual([2, 2]);
  });

  it('does not wait where a 429 says more than the code is good for', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 429, retryAfterSeconds: 299 };
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(TemporarilyUnavailable);
    expect(error.message).toBe(
      'Webex asks to be left alone for 299 s (429 to device/token), and the code expires before that; nothing was changed: begin again after that',
    );
  });

  it.each([{ status: 503 }, { dropConnection: true }, { status: 502, body: 'html' as const }])(
    'outlives an outage, and asks ever less often while there is one: %j',
    async (fault) => {
      const grant = await begin();
      webex.behavior.fault = { path: TOKEN_PATH, ...fault };
      await webex.confirmDevice(grant.userCode);
      clock.at(100, () => (webex.behavior.fault = undefined));
      await tokens(grant);
      expect(clock.waits).toEqual([2, 4, 8, 16, 30, 30, 30]);
    },
  );

  it('asks at the usual interval again after an outage', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 503, count: 2 };
    clock.at(18, () => webex.confirmDevice(grant.userCode));
    await tokens(grant);
    expect(clock.waits).toEqual([2, 4, 8, 2, 2]);
  });
});

describe('nobody who accepts', () => {
  it('ends it when the code expires, after a last question', async () => {
    webex.behavior.deviceCodeTtlSeconds = 7;
    const error = await failureOf(tokens(await begin()));
    expect(error).toBeInstanceOf(DeviceGrantExpired);
    expect(error.message).toBe(
      'the code has expired, and nobody accepted before it did; nothing was changed: begin again with a new code',
    );
    expect(clock.waits).toEqual([2, 2, 2, 1]);
  });

  it.each(['expired_token', 'invalid_grant'] as const)('ends it where Webex says so earlier, by %s', async (code) => {
    webex.behavior.deviceExpired = code;
    webex.behavior.deviceCodeTtlSeconds = 3;
    const begun = await begin();
    const patient = Object.assign(Object.create(begun) as DeviceGrant, { expiresAt: new Date(clock.now() + 60_000) });
    Object.defineProperty(patient, 'deviceCode', { value: begun.deviceCode });
    expect(await failureOf(tokens(patient))).toBeInstanceOf(DeviceGrantExpired);
    expect(asked()).toEqual([428, 400]);
  });

  it('is told for what it is where it could not be seen', async () => {
    const grant = await begin();
    webex.behavior.fault = { path: TOKEN_PATH, status: 503 };
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantExpired);
    expect(error.message).toContain('as far as could be seen from here (Webex answered 503 to device/token');
    expect(clock.now() - grant.expiresAt.getTime()).toBe(0);
  });

  it('is not said for sure where the answer with the pair may have been lost', async () => {
    const grant = await begin();
    await webex.confirmDevice(grant.userCode);
    webex.behavior.fault = { path: TOKEN_PATH, when: 'after', dropConnection: true, count: 1 };
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantExpired);
    expect(error.message).toContain('as far as could be seen from here (no answer from Webex at');
  });

  it.each(['rfc6749', 'webex'] as const)('but somebody who denies ends it at once (%s)', async (shape) => {
    webex.behavior.errorShape = shape;
    const grant = await begin();
    await webex.confirmDevice(grant.userCode, { decision: 'deny' });
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantDenied);
    expect(error.message).toMatch(
      /^the request was denied where the code was typed \(The user denied the request.*\); nothing was changed: ask who was given the code, or an administrator of Webex, why, then begin again$/,
    );
  });

  it('since the organization does not let them is told so', async () => {
    const grant = await begin();
    webex.behavior.switchedOff = { clientId };
    await expect(webex.confirmDevice(grant.userCode)).rejects.toThrow();
    const error = await failureOf(tokens(grant));
    expect(error).toBeInstanceOf(DeviceGrantDenied);
    expect(error.message).toContain('Your administrator denied access to the integration');
  });

  it('is awaited no longer than the signal says', async () => {
    const abort = new AbortController();
    clock.at(3, () => abort.abort(new Error('stopped')));
    expect((await failureOf(tokens(await begin(), { signal: abort.signal }))).message).toBe('stopped');
    expect(asked()).toEqual([428]);
  });

  it('ends with the signal, too, while Webex is asked', async () => {
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
  it.each(['rfc6749', 'webex'] as const)('is told that its secret is wrong (%s)', async (shape) => {
    webex.behavior.errorShape = shape;
    const error = await failureOf(tokens(await begin(), { clientSecret: 'wrong-secret' }));
    expect(error).toBeInstanceOf(ClientRefused);
    expect(error.message).toMatch(/^Webex does not take the client secret that was given for client id C-integration /);
  });

  it("is told so, too, where Webex uses no code of OAuth's", async () => {
    const grant = await begin();
    const no = { status: 400, body: { message: 'no' } };
    for (const [error, kind] of [
      ['invalid_client', ClientRefused],
      ['invalid_grant', RequestRefused],
    ] as const) {
      await using scripted = await ScriptedWebex.start(no, { status: 400, body: { error } });
      expect(await failureOf(tokens(grant, { apiUrl: `${scripted.url}/v1` }))).toBeInstanceOf(kind);
    }
  });

  it('is told that the way itself is refused', async () => {
    await using scripted = await ScriptedWebex.start({ status: 400, body: { error: 'unauthorized_client' } });
    const error = await failureOf(tokens(await begin(), { apiUrl: scripted.url }));
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
  ])('is refused with %s', async (_, changes, said) => {
    const error = await failureOf(begin(changes));
    expect(error).toBeInstanceOf(RequestRefused);
    expect(error.message).toContain(`Webex answered 400 to device/authorize (${said}`);
    expect(exitCodeOf(error)).toBe(1);
  });

  it("is refused without Webex's redirect URLs, which are named", async () => {
    await using other = await startSimulator({ clients: [{ ...CLIENT, redirectUrls: [REDIRECT_URL] }] });
    const error = await failureOf(begin({ apiUrl: other.apiUrl }));
    expect(error).toBeInstanceOf(RequestRefused);
    DEVICE_REDIRECT_URLS.forEach((url) => expect(error.message).toContain(url));
  });

  it('waits where Webex is asked too much, and fails for now where it has trouble', async () => {
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
  ])('with %s is none of Webex', async (_, changes) => {
    const reply = {
      device_code: 'd',
      user_code: '123456',
      verification_uri: 'https://example.com/verify',
      expires_in: 300,
      interval: 2,
    };
    await using fine = await ScriptedWebex.start({ body: reply });
    expect(await begin({ apiUrl: fine.url })).toMatchObject({ userCode: '123456', verificationUriComplete: undefined });
    await using scripted = await ScriptedWebex.start({ body: { ...reply, ...changes } });
    expect((await failureOf(begin({ apiUrl: scripted.url }))).message).toContain('something that Webex does not say');
  });

  it('asks no more than once a second, however often Webex would be asked', async () => {
    const fields = { device_code: 'd', user_code: '1', verification_uri: 'https://example.com/', expires_in: 9 };
    await using scripted = await ScriptedWebex.start({ body: { ...fields, interval: 5e-324 } });
    expect((await begin({ apiUrl: scripted.url })).intervalSeconds).toBe(1);
  });

  it('asks every 5 s where Webex does not say how often, as RFC 8628 has it', async () => {
    const body = { device_code: 'd', user_code: '1', verification_uri: 'https://example.com/', expires_in: 9 };
    await using scripted = await ScriptedWebex.start({ body });
    expect((await begin({ apiUrl: scripted.url })).intervalSeconds).toBe(5);
  });
});

it('takes an answer without tokens for another server, once the code is used up', async () => {
  await using scripted = await ScriptedWebex.start({ body: { access_token: 'x', expires_in: 9 } });
  const error = await failureOf(tokens(await begin(), { apiUrl: scripted.url }));
  expect(error).toBeInstanceOf(WebexUnreachableError);
});

it('shows no device code, token or secret, whatever is looked at and however Webex quotes them', async () => {
  const grant = await begin();
  const denied = await begin();
  const shown = [grant, denied].map(shownOf);
  await webex.confirmDevice(grant.userCode);
  await webex.confirmDevice(denied.userCode, { decision: 'deny' });
  const pair = await tokens(grant);
  shown.push(shownOf(pair), shownOf(await failureOf(tokens(denied))));
  shown.push(shownOf(await failureOf(tokens(denied, { clientSecret: 'wrong-secret' }))));
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const said = `you sent ${denied.deviceCode}, ${clientSecret}, Basic ${basic}`;
  for (const error of ['access_denied', 'invalid_client', 'unauthorized_client']) {
    await using scripted = await ScriptedWebex.start({ status: 400, body: { error, error_description: said } });
    shown.push(shownOf(await failureOf(tokens(denied, { apiUrl: scripted.url }))));
  }
  const text = shown.join('\n');
  expect(text).toContain('[hidden]');
  for (const secret of [
    grant.deviceCode,
    denied.deviceCode,
    pair.accessToken,
    pair.refreshToken,
    clientSecret,
    'wrong-secret',
    basic,
  ]) {
    expect(text).not.toContain(secret);
    expect(JSON.stringify(webex.requests)).not.toContain(secret);
  }
});
