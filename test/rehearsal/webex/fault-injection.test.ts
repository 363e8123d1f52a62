import type { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import { call, exchangeCode, login, obtainCode, refreshWith, startSimulator } from './simulated-login';
import { eventually } from '../../../rehearsal/eventually';
import { HeldRequest } from '../../fixtures/loopback/held-request';

let webex: WebexSimulator;
beforeEach(async () => (webex = await startSimulator()));
afterEach(() => webex.stop());

function me(): Promise<Response> {
  return call(`${webex.apiUrl}/people/me`);
}

test('a fault without a path affects every request until it is removed', async () => {
  webex.behavior.fault = { status: 503 };
  expect((await me()).status).toBe(503);
  expect((await refreshWith(webex, 'any')).status).toBe(503);
  webex.behavior.fault = undefined;
  expect((await me()).status).toBe(401);
});

test('a fault with a path affects only that path', async () => {
  webex.behavior.fault = { path: '/v1/access_token', status: 500 };
  expect((await me()).status).toBe(401);
  expect((await refreshWith(webex, 'any')).status).toBe(500);
  expect(webex.requests.at(-1)).toMatchObject({ path: '/v1/access_token', status: 500, grantType: 'refresh_token' });
});

test('a fault with a count ends by itself, and the given fault object stays unchanged', async () => {
  const fault = { status: 502, count: 2 };
  webex.behavior.fault = fault;
  expect([(await me()).status, (await me()).status, (await me()).status]).toEqual([502, 502, 401]);
  expect(fault.count).toBe(2);
});

test('rate limiting says when to retry', async () => {
  webex.behavior.fault = { status: 429, retryAfterSeconds: 7 };
  const reply = await me();
  expect(reply.status).toBe(429);
  expect(reply.headers.get('retry-after')).toBe('7');
  webex.behavior.fault = { status: 429 };
  expect((await me()).headers.has('retry-after')).toBe(false);
});

test("the body has Webex's shape for resources, and the configured shape for tokens", async () => {
  webex.behavior.fault = { status: 503 };
  expect(await (await me()).json()).toMatchObject({
    message: 'Service Unavailable',
    trackingId: expect.stringMatching(/^ROUTERGW_/) as string,
  });
  expect(await (await refreshWith(webex, 'any')).json()).toMatchObject({ error: 'server_error' });
  webex.behavior.errorShape = 'webex';
  expect(await (await refreshWith(webex, 'any')).json()).toMatchObject({ message: 'Service Unavailable' });
});

test('the body has the shape and the message of the fault', async () => {
  webex.behavior.fault = { status: 400, body: 'rfc6749', error: 'invalid_grant' };
  expect(await (await me()).json()).toEqual({ error: 'invalid_grant', error_description: 'Bad Request' });
  webex.behavior.fault = { status: 502, body: 'html', error: '<proxy>' };
  const reply = await me();
  expect(reply.headers.get('content-type')).toContain('text/html');
  expect(await reply.text()).toBe('<html><body><h1>&lt;proxy></h1></body></html>');
});

test('a dropped connection gets no answer, and the next request does', async () => {
  webex.behavior.fault = { dropConnection: true, count: 1 };
  await expect(me()).rejects.toThrow('fetch failed');
  expect((await me()).status).toBe(401);
  expect(webex.requests.map((request) => request.status)).toEqual([0, 401]);
});

test('a held request gets the usual answer after its release', async () => {
  const { access_token: token } = await login(webex);
  const held = new HeldRequest();
  webex.behavior.fault = { until: held.until };
  const waiting = call(`${webex.apiUrl}/people/me`, token);
  await held.waits;
  expect(webex.inFlight).toMatchObject([{ path: '/v1/people/me' }]);
  held.release();
  expect((await waiting).status).toBe(200);
});

test('a held request ends if its client hangs up', async () => {
  const held = new HeldRequest();
  webex.behavior.fault = { until: held.until };
  const abort = new AbortController();
  const waiting = fetch(`${webex.apiUrl}/people/me`, { signal: abort.signal }).catch(() => undefined);
  await held.waits;
  abort.abort();
  await waiting;
  await eventually(() => webex.requests.length > 0 || undefined);
  expect(webex.requests).toMatchObject([{ path: '/v1/people/me', status: 0 }]);
});

test('a delay precedes the usual answer', async () => {
  const { access_token: token } = await login(webex);
  webex.behavior.fault = { delayMs: 1 };
  expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
});

test('the simulator stops without waiting for a delay', async () => {
  webex.behavior.fault = { delayMs: 3_600_000, count: 1 };
  const waiting = expect(me()).rejects.toThrow('fetch failed');
  // A fault with a count is removed by its last request. The request has then arrived, and waits.
  await eventually(() => webex.behavior.fault === undefined || undefined);
  await webex.stop();
  await waiting;
});

describe('a fault of one grant alone', () => {
  test('a fault of one grant affects its refresh token, access token and code, and no other grant', async () => {
    const [first, second] = [await login(webex), await login(webex)];
    const code = await obtainCode(webex);
    webex.behavior.fault = { grant: 2, status: 503 };
    expect((await refreshWith(webex, first.refresh_token)).status).toBe(200);
    expect((await refreshWith(webex, second.refresh_token)).status).toBe(503);
    expect((await call(`${webex.apiUrl}/people/me`, first.access_token)).status).toBe(200);
    expect((await call(`${webex.apiUrl}/people/me`, second.access_token)).status).toBe(503);
    webex.behavior.fault = { grant: webex.grants.count, status: 503 };
    expect((await exchangeCode(webex, code)).status).toBe(503);
  });

  test('a fault of one grant ignores unknown tokens', async () => {
    webex.behavior.fault = { grant: 1, status: 503 };
    expect((await refreshWith(webex, 'made-up')).status).toBe(400);
    expect((await me()).status).toBe(401);
  });
});

describe('a fault after Webex has acted', () => {
  beforeEach(() => (webex.behavior.refresh = 'rotate'));

  test.each([
    ['a status in place of the answer', { status: 500 }],
    ['a status of another shape', { status: 502, body: 'html' }],
  ] as const)('a fault after the action returns %s, and the old token is invalid', async (_, fault) => {
    const { refresh_token: old } = await login(webex);
    webex.behavior.fault = { when: 'after', count: 1, ...fault };
    const reply = await refreshWith(webex, old);
    expect(reply.status).toBe(fault.status);
    expect(await reply.text()).not.toContain('access_token');
    expect((await refreshWith(webex, old)).status).toBe(400);
  });

  test('a fault after the action drops the answer, and the old token is invalid', async () => {
    const { refresh_token: old } = await login(webex);
    webex.behavior.fault = { when: 'after', count: 1, dropConnection: true };
    await expect(refreshWith(webex, old)).rejects.toThrow('fetch failed');
    expect((await refreshWith(webex, old)).status).toBe(400);
    expect(webex.requests.map(({ status }) => status).slice(-2)).toEqual([0, 400]);
  });

  test('a fault after the action delays the complete answer', async () => {
    const { refresh_token: old } = await login(webex);
    webex.behavior.fault = { when: 'after', count: 1, delayMs: 1 };
    const { refresh_token: next } = (await (await refreshWith(webex, old)).json()) as { refresh_token: string };
    expect((await refreshWith(webex, next)).status).toBe(200);
  });

  test('the refresh token is used up while the request waits', async () => {
    const { refresh_token: old } = await login(webex);
    const held = new HeldRequest();
    webex.behavior.fault = { when: 'after', count: 1, until: held.until };
    const waiting = refreshWith(webex, old);
    await held.waits;
    expect((await refreshWith(webex, old)).status).toBe(400);
    held.release();
    expect((await waiting).status).toBe(200);
  });

  test('a fault before the action keeps the old token valid', async () => {
    const { refresh_token: old } = await login(webex);
    webex.behavior.fault = { when: 'before', count: 1, dropConnection: true };
    await expect(refreshWith(webex, old)).rejects.toThrow('fetch failed');
    expect((await refreshWith(webex, old)).status).toBe(200);
  });
});

test('the first of several matching faults applies, and each ends by itself', async () => {
  webex.behavior.fault = [
    { path: '/v1/people', status: 502, count: 1 },
    { status: 503, count: 2 },
  ];
  const statuses = [(await refreshWith(webex, 'any')).status, (await me()).status, (await me()).status];
  expect([...statuses, (await me()).status]).toEqual([503, 502, 503, 401]);
  expect(webex.behavior.fault).toBeUndefined();
});
