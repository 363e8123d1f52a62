import { exitCodeOf } from '#core';
import { checkClientSecret, type ClientSecretCheck } from '../../../lib/webex/client-secret-check';
import { scriptedWebex, type WebexAnswer } from '../../fixtures/loopback/recording-server';

const clientSecret = 'd2f0a4c6e8b1937500aa5544ccee1122';

async function check(...answers: WebexAnswer[]): Promise<{ check: ClientSecretCheck; sent: URLSearchParams[] }> {
  await using webex = await scriptedWebex(...answers);
  const tokenUrl = `${webex.address}/v1/access_token`;
  const verdict = await checkClientSecret({ tokenUrl, clientId: 'C1', clientSecret });
  return { check: verdict, sent: webex.requests.map(({ body }) => new URLSearchParams(body)) };
}

function refusal(status: number, message: string, trackingId = 'T_1'): WebexAnswer {
  return { status, body: { message, errors: [{ description: message }], trackingId } };
}

it('the check sends a refresh token that Webex never issued', async () => {
  const { sent } = await check({ status: 400, body: { error: 'invalid_grant' } });
  expect(sent).toHaveLength(1);
  expect(Object.fromEntries(sent[0] ?? [])).toEqual({
    grant_type: 'refresh_token',
    client_id: 'C1',
    client_secret: clientSecret,
    refresh_token: expect.stringMatching(/^[\w-]{64}$/) as string,
  });
});

it.each([
  ['invalid_grant', 400, 'accepted'],
  ['invalid_client', 401, 'refused'],
  ['invalid_client', 400, 'refused'],
  ['unauthorized_client', 400, 'refused'],
])('the check takes %s (%d) for %s', async (error, status, verdict) => {
  const { check: checked } = await check({ status, body: { error, error_description: 'said so' } });
  expect(checked).toEqual({ verdict, said: 'said so' });
});

it("the check compares with two wrong secrets if Webex's answer has no OAuth error code", async () => {
  const wrong = refusal(401, 'client authentication failed', 'T_2');
  const { check: checked, sent } = await check(refusal(400, 'bad refresh token'), wrong, wrong);
  expect(checked).toEqual({ verdict: 'accepted', said: 'bad refresh token' });
  const [first, ...others] = sent.map((form) => form.get('client_secret') ?? '');
  expect(first).toBe(clientSecret);
  expect(new Set([first, ...others]).size).toBe(3);
  expect(others.every((secret) => /^[0-9a-f]{32}$/.test(secret))).toBe(true);
});

it.each([
  ['all are refused alike', refusal(400, 'no'), refusal(400, 'no'), refusal(400, 'no')],
  ['each is refused otherwise', refusal(400, 'no 1'), refusal(400, 'no 2'), refusal(400, 'no 3')],
  [
    'all are refused alike, but for the tracking id',
    refusal(400, 'no A', 'A'),
    refusal(400, 'no B', 'B'),
    refusal(400, 'no C', 'C'),
  ],
])('the check has no verdict if %s', async (_, ...answers) => {
  expect((await check(...answers)).check.verdict).toBe('untold');
});

it.each([
  [{ status: 429, body: { message: 'slow down' } }, /Webex answered 429 to access_token: slow down/, 4],
  [{ status: 502, body: '<html>' }, /Webex answered 502 to access_token: no message/, 4],
  [{ status: 0 }, /no answer from Webex/, 4],
  [{ status: 403, body: '<html>' }, /something that is not a Webex reply/, 1],
  [{ status: 200, body: { access_token: 'x' } }, /something that is not a Webex reply/, 1],
  [{ status: 302, headers: { location: '/x' } }, /something that is not a Webex reply/, 1],
])('the check takes %j for no verdict', async (answer, line, code) => {
  const error: unknown = await check(answer).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(line);
  expect(exitCodeOf(error as Error)).toBe(code);
});

it('the verdict does not repeat a secret that Webex quotes', async () => {
  const quoting = { error: 'invalid_client', error_description: `no client has ${clientSecret}` };
  expect((await check({ status: 401, body: quoting })).check.said).toBe('no client has [hidden]');
});
