import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import { call, login, PLAIN_USER, startSimulator } from '../simulated-login';

const SCOPES = 'analytics:read_all identity:people_read';
const JANUARY = { siteUrl: 'example.webex.com', from: '2026-01-01', to: '2026-01-31' };

let webex: WebexSimulator;
let admin: string;
beforeAll(async () => {
  webex = await startSimulator();
  admin = (await login(webex, { scope: SCOPES })).access_token;
});
afterAll(() => webex.stop());

function aggregates(baseUrl: string, query: Record<string, string>, token?: string): Promise<Response> {
  return call(`${baseUrl}/analytics/meetingsMetrics/aggregates?${new URLSearchParams(query).toString()}`, token);
}

test('the endpoint returns the aggregates with the requested site and days', async () => {
  const reply = await aggregates(webex.analyticsUrls.us, JANUARY, admin);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({
    siteUrl: 'example.webex.com',
    startDate: '2026-01-01',
    endDate: '2026-01-31',
    metrics: { totalMeetings: expect.any(Number) as number },
  });
});

test.each([
  ['no site', { from: '2026-01-01', to: '2026-01-31' }],
  ['no start', { siteUrl: 'example.webex.com', to: '2026-01-31' }],
  ['no end', { siteUrl: 'example.webex.com', from: '2026-01-01' }],
  ['a start after the end', { ...JANUARY, from: '2026-02-01' }],
  ['a day that is not in the calendar', { ...JANUARY, to: '2026-02-30' }],
  ['a time', { ...JANUARY, to: '2026-01-31T00:00:00Z' }],
])('the endpoint refuses a query with %s', async (_, query) => {
  expect((await aggregates(webex.analyticsUrls.us, query as Record<string, string>, admin)).status).toBe(400);
});

test('the endpoint accepts a range of one day', async () => {
  expect((await aggregates(webex.analyticsUrls.us, { ...JANUARY, to: '2026-01-01' }, admin)).status).toBe(200);
});

test('the endpoint answers that an unknown site does not exist', async () => {
  const query = { ...JANUARY, siteUrl: 'unknown.webex.com' };
  expect((await aggregates(webex.analyticsUrls.us, query, admin)).status).toBe(404);
});

test('a server of another region refuses, and names the right one', async () => {
  const query = { ...JANUARY, siteUrl: 'example-eu.webex.com' };
  const reply = await aggregates(webex.analyticsUrls.us, query, admin);
  expect(reply.status).toBe(403);
  expect(((await reply.json()) as { message: string }).message).toContain(webex.analyticsUrls.eu);
  expect((await aggregates(webex.analyticsUrls.ca, query, admin)).status).toBe(403);
  expect((await aggregates(webex.analyticsUrls.eu, query, admin)).status).toBe(200);
});

test('the endpoint requires a token, the scopes and the role', async () => {
  expect((await aggregates(webex.analyticsUrls.us, JANUARY)).status).toBe(401);
  for (const scope of SCOPES.split(' ')) {
    const { access_token: token } = await login(webex, { scope });
    expect((await aggregates(webex.analyticsUrls.us, JANUARY, token)).status).toBe(403);
  }
  const { access_token: noRole } = await login(webex, { scope: SCOPES, as: PLAIN_USER });
  expect((await aggregates(webex.analyticsUrls.us, JANUARY, noRole)).status).toBe(403);
});

test("the API's own address does not serve the aggregates", async () => {
  expect((await aggregates(webex.apiUrl, JANUARY, admin)).status).toBe(404);
});
