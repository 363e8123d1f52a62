import { z } from 'zod';
import { DEVICE_REDIRECT_URLS } from '../../../../lib/webex/device-grant';
import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import {
  ADMIN,
  basic,
  call,
  CLIENT,
  login,
  OTHER_ADMIN,
  OTHER_CLIENT,
  REDIRECT_URL,
  refreshWith,
  startSimulator,
  tokenReply,
} from '../simulated-login';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

const deviceReply = z.strictObject({
  device_code: z.string(),
  expires_in: z.number(),
  user_code: z.string().regex(/^\d{6}$/),
  verification_uri: z.url(),
  verification_uri_complete: z.url(),
  interval: z.number(),
});

let webex: WebexSimulator;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  webex = await startSimulator({ now: () => now });
});
afterEach(() => webex.stop());

function post(
  path: string,
  form: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const given = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return fetch(`${webex.apiUrl}/device/${path}`, { method: 'POST', body: new URLSearchParams(given), headers });
}

function authorize(changes: Record<string, string | undefined> = {}, headers?: Record<string, string>) {
  return post('authorize', { client_id: CLIENT.clientId, scope: 'spark:people_read', ...changes }, headers);
}

async function begin(changes: Record<string, string> = {}): Promise<{ deviceCode: string; userCode: string }> {
  const reply = deviceReply.parse(await (await authorize(changes)).json());
  return { deviceCode: reply.device_code, userCode: reply.user_code };
}

function ask(deviceCode: string, changes: Record<string, string | undefined> = {}, client = CLIENT): Promise<Response> {
  const form = { grant_type: GRANT_TYPE, device_code: deviceCode, client_id: client.clientId, ...changes };
  return post('token', form, basic(client.clientId, client.clientSecret));
}

async function refusal(reply: Promise<Response>): Promise<string> {
  const response = await reply;
  const { error, error_description: description } = (await response.json()) as Record<string, string>;
  expect(description).toBeTruthy();
  return `${response.status} ${error ?? 'no error'}`;
}

describe('the device authorization', () => {
  test('the device authorization has exactly the documented fields', async () => {
    const reply = await authorize();
    expect(reply.status).toBe(200);
    const { expires_in, interval, verification_uri, verification_uri_complete } = deviceReply.parse(await reply.json());
    expect({ expires_in, interval }).toEqual({ expires_in: 300, interval: 2 });
    expect(verification_uri).toBe(`${webex.url}/verify`);
    expect(verification_uri_complete).toMatch(/\/verify\?userCode=[0-9a-f]{64}$/);
  });

  test.each([
    ['an unknown client', { client_id: 'C-nobody' }, '400 invalid_client'],
    ['no client', { client_id: undefined }, '400 invalid_request'],
    ['no scope', { scope: undefined }, '400 invalid_scope'],
    ['a scope that is not registered', { scope: 'spark:people_read spark:all' }, '400 invalid_scope'],
    ['a secret, for which there is no need', { client_secret: CLIENT.clientSecret }, '400 invalid_request'],
  ])('the endpoint refuses a request with %s', async (_, changes, refused) => {
    expect(await refusal(authorize(changes))).toBe(refused);
  });

  test('the device authorization refuses a secret in a header, parameters in the URL, JSON, and another method', async () => {
    expect(await refusal(authorize({}, basic(CLIENT.clientId, CLIENT.clientSecret)))).toBe('400 invalid_request');
    expect(await refusal(post(`authorize?client_id=${CLIENT.clientId}`, {}))).toBe('400 invalid_request');
    expect(await refusal(authorize({}, { 'Content-Type': 'application/json' }))).toBe('415 invalid_request');
    expect((await call(`${webex.apiUrl}/device/authorize`)).status).toBe(405);
  });

  test.each(DEVICE_REDIRECT_URLS)(
    "the device authorization refuses a client without Webex's redirect URL %s",
    async (missing) => {
      const redirectUrls = [REDIRECT_URL, ...DEVICE_REDIRECT_URLS].filter((url) => url !== missing);
      await using other = await startSimulator({ clients: [{ ...CLIENT, redirectUrls }] });
      const body = new URLSearchParams({ client_id: CLIENT.clientId, scope: 'spark:people_read' });
      const reply = await fetch(`${other.apiUrl}/device/authorize`, { method: 'POST', body });
      expect(reply.status).toBe(400);
      expect(await reply.json()).toMatchObject({
        error_description: expect.stringContaining('redirect_uri') as string,
      });
    },
  );
});

describe('the poll', () => {
  test('the poll returns a token pair once, after a person has accepted', async () => {
    const { deviceCode, userCode } = await begin();
    expect(await refusal(ask(deviceCode))).toBe('428 authorization_pending');
    await webex.confirmDevice(userCode, { as: OTHER_ADMIN });
    now += 2000;
    const reply = tokenReply.parse(await (await ask(deviceCode)).json());
    expect(reply).toMatchObject({ expires_in: 1_209_599, scope: 'spark:kms spark:people_read' });
    const me = (await (await call(`${webex.apiUrl}/people/me`, reply.access_token)).json()) as { emails: string[] };
    expect(me.emails).toEqual([OTHER_ADMIN]);
    expect((await refreshWith(webex, reply.refresh_token)).status).toBe(200);
    now += 2000;
    expect(await refusal(ask(deviceCode))).toBe('400 invalid_grant');
    expect((await call(`${webex.apiUrl}/people/me`, reply.access_token)).status).toBe(200);
  });

  test('the poll answers 400 while the code is pending, if the behavior says so', async () => {
    webex.behavior.devicePending = 400;
    const { deviceCode } = await begin();
    expect(await refusal(ask(deviceCode))).toBe('400 authorization_pending');
  });

  test('the poll answers slow_down if it comes too soon, adds 5 s each time, and keeps the code valid', async () => {
    const { deviceCode, userCode } = await begin();
    expect(await refusal(ask(deviceCode))).toBe('428 authorization_pending');
    now += 1900;
    expect(await refusal(ask(deviceCode))).toBe('400 slow_down');
    now += 6900;
    expect(await refusal(ask(deviceCode))).toBe('400 slow_down');
    now += 12_000;
    expect(await refusal(ask(deviceCode))).toBe('428 authorization_pending');
    await webex.confirmDevice(userCode);
    now += 12_000;
    expect((await ask(deviceCode)).status).toBe(200);
  });

  test('the poll answers access_denied after the person denies', async () => {
    const { deviceCode, userCode } = await begin();
    await webex.confirmDevice(userCode, { decision: 'deny' });
    expect(await refusal(ask(deviceCode))).toBe('400 access_denied');
  });

  test.each(['expired_token', 'invalid_grant'] as const)('the poll answers %s after the code expires', async (code) => {
    webex.behavior.deviceExpired = code;
    const { deviceCode, userCode } = await begin();
    const { deviceCode: late } = await begin();
    await webex.confirmDevice(userCode);
    now += 299_999;
    expect((await ask(deviceCode)).status).toBe(200);
    now += 1;
    expect(await refusal(ask(late))).toBe(`400 ${code}`);
  });

  test('the poll refuses another client, and still answers the right one', async () => {
    const { deviceCode, userCode } = await begin();
    await webex.confirmDevice(userCode);
    expect(await refusal(ask(deviceCode, {}, OTHER_CLIENT))).toBe('400 invalid_grant');
    expect((await ask(deviceCode)).status).toBe(200);
  });

  test.each([
    ['another grant type', { grant_type: 'refresh_token' }, '400 unsupported_grant_type'],
    ['no grant type', { grant_type: undefined }, '400 invalid_request'],
    ['no device code', { device_code: undefined }, '400 invalid_request'],
    ['an unknown device code', { device_code: 'made-up' }, '400 invalid_grant'],
    ['no client id', { client_id: undefined }, '400 invalid_request'],
    ['the client id of another', { client_id: OTHER_CLIENT.clientId }, '400 invalid_request'],
    ['a secret in the body', { client_secret: CLIENT.clientSecret }, '401 invalid_client'],
  ])('the endpoint refuses a request with %s', async (_, changes, refused) => {
    const { deviceCode, userCode } = await begin();
    await webex.confirmDevice(userCode);
    expect(await refusal(ask(deviceCode, changes))).toBe(refused);
    expect((await ask(deviceCode)).status).toBe(200);
  });

  test('the poll refuses a wrong secret, a missing secret and another method', async () => {
    const { deviceCode } = await begin();
    const form = { grant_type: GRANT_TYPE, device_code: deviceCode, client_id: CLIENT.clientId };
    expect(await refusal(post('token', form, basic(CLIENT.clientId, 'wrong')))).toBe('401 invalid_client');
    expect(await refusal(post('token', form))).toBe('401 invalid_client');
    expect((await call(`${webex.apiUrl}/device/token`)).status).toBe(405);
  });

  test.each([
    ['a new password', () => webex.changePassword(ADMIN)],
    ['the end of all grants', () => webex.grants.revokeAll()],
  ])('the poll refuses the code after %s of the person who accepted', async (_, end) => {
    const { deviceCode, userCode } = await begin();
    await webex.confirmDevice(userCode);
    end();
    expect(await refusal(ask(deviceCode))).toBe('400 invalid_grant');
  });
});

describe('the page', () => {
  const transactionOn = (page: string): string => /name="transaction" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const verify = (body: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${webex.url}/verify`, { method: 'POST', body: new URLSearchParams(body), headers });

  test("the page asks for the code, then for the person's decision, and confirms it", async () => {
    const { deviceCode, userCode } = await begin();
    expect(await (await call(`${webex.url}/verify`)).text()).toContain('name="userCode"');
    // People type spaces.
    const page = await verify({ userCode: ` ${userCode.slice(0, 3)} ${userCode.slice(3)} ` });
    const text = await page.text();
    expect(text).toContain('Token vault wants to use Webex for you');
    expect(text).toContain('spark:people_read');
    expect(text).toContain('action="/verify"');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self';");
    const transaction = transactionOn(text);
    const answer = await verify({ transaction, user: ADMIN, decision: 'accept' });
    expect(await answer.text()).toContain('You have accepted');
    expect((await ask(deviceCode)).status).toBe(200);
    expect(await (await verify({ transaction, user: ADMIN, decision: 'deny' })).text()).toContain('answered before');
  });

  test('the complete address opens the page with the code filled in', async () => {
    const { verification_uri_complete: complete } = deviceReply.parse(await (await authorize()).json());
    expect(await (await call(complete)).text()).toContain('name="transaction"');
  });

  test.each([
    ['nobody knows', '000000x'],
    ['is empty', ''],
  ])('the page refuses a code that %s', async (_, userCode) => {
    const page = await verify({ userCode });
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('No device waits with this code.');
  });

  test('the page refuses an answered code and an expired one', async () => {
    const { userCode } = await begin();
    await webex.confirmDevice(userCode, { decision: 'deny' });
    await expect(webex.confirmDevice(userCode)).rejects.toThrow('No device waits with this code.');
    const { userCode: late } = await begin();
    now += 300_000;
    await expect(webex.confirmDevice(late)).rejects.toThrow(
      'the Webex simulator answered the code of a device with status 400 (No device waits with this code.)',
    );
  });

  test('the page refuses an answer if the code expires while it is open', async () => {
    const { userCode } = await begin();
    const transaction = transactionOn(await (await verify({ userCode })).text());
    now += 300_000;
    expect((await verify({ transaction, user: ADMIN, decision: 'accept' })).status).toBe(400);
  });

  test('the page refuses an unknown user, a missing decision and a page of another site', async () => {
    const { userCode } = await begin();
    const incomplete: Record<string, string>[] = [{ user: 'nobody@example.com', decision: 'accept' }, { user: ADMIN }];
    for (const answer of incomplete) {
      const transaction = transactionOn(await (await verify({ userCode })).text());
      expect((await verify({ transaction, ...answer })).status).toBe(400);
    }
    expect((await verify({ userCode }, { Origin: 'https://elsewhere.example' })).status).toBe(403);
  });

  test('the page refuses consent for an organization that denies the integration, and informs the device', async () => {
    const { deviceCode, userCode } = await begin();
    webex.behavior.switchedOff = { clientId: CLIENT.clientId };
    await expect(webex.confirmDevice(userCode)).rejects.toThrow('Your administrator denied access');
    const reply = await ask(deviceCode);
    expect(await reply.json()).toEqual({
      error: 'access_denied',
      error_description: 'Your administrator denied access to the integration.',
    });
  });
});

test("the endpoints use Webex's own error shape if the behavior says so", async () => {
  webex.behavior.errorShape = 'webex';
  const { deviceCode } = await begin();
  const reply = await ask(deviceCode);
  expect(reply.status).toBe(428);
  expect(await reply.json()).toEqual({
    message: 'nobody has answered yet (authorization_pending)',
    errors: [{ description: 'nobody has answered yet (authorization_pending)' }],
    trackingId: reply.headers.get('trackingid'),
  });
});

test('a fault on the device grant has the shape of an OAuth error', async () => {
  const { deviceCode } = await begin();
  webex.behavior.fault = { path: '/v1/device/token', status: 429, retryAfterSeconds: 7, count: 1 };
  const reply = await ask(deviceCode);
  expect(reply.headers.get('retry-after')).toBe('7');
  expect(await reply.json()).toEqual({ error: 'server_error', error_description: 'Too Many Requests' });
  expect(await refusal(ask(deviceCode))).toBe('428 authorization_pending');
});

test('the log names the grant of a device code after a person accepts, and contains no secret', async () => {
  await login(webex);
  webex.requests.length = 0;
  const { deviceCode, userCode } = await begin();
  await ask(deviceCode);
  await webex.confirmDevice(userCode);
  now += 2000;
  const { access_token: accessToken, refresh_token: refreshToken } = tokenReply.parse(
    await (await ask(deviceCode)).json(),
  );
  expect(webex.requests.map(({ path, status, grantType, grant }) => [path, status, grantType, grant])).toEqual([
    ['/v1/device/authorize', 200, undefined, undefined],
    ['/v1/device/token', 428, GRANT_TYPE, undefined],
    ['/verify', 200, undefined, undefined],
    ['/verify', 200, undefined, undefined],
    ['/v1/device/token', 200, GRANT_TYPE, 2],
  ]);
  const log = JSON.stringify(webex.requests);
  for (const secret of [deviceCode, userCode, accessToken, refreshToken, CLIENT.clientSecret]) {
    expect(log).not.toContain(secret);
  }
});
