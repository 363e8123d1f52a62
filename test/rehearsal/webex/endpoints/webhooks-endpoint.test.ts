import { createHmac } from 'node:crypto';
import { simulatedAdministrator, DEFAULT_USERS } from '../../../../rehearsal/webex/simulated-user';
import type { WebhookDelivery } from '../../../../rehearsal/webex/service-app-webhooks';
import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import { ASKING_CLIENT, call, CLIENT, login, ORGANIZATION, SERVICE_APP, startSimulator } from '../simulated-login';

const CUSTOMER = simulatedAdministrator('admin@customer.example');
const SCOPES = ['application:webhooks_read', 'application:webhooks_write'];
const client = { ...ASKING_CLIENT, scopes: [...ASKING_CLIENT.scopes, ...SCOPES] };
const targetUrl = 'https://grants.example.com/webhooks/service-apps';
const secret = 'c0ffee'.repeat(8);
const { applicationId } = SERVICE_APP;

let webex: WebexSimulator;
let sent: WebhookDelivery[];
let now: number;

beforeEach(async () => {
  sent = [];
  now = Date.parse('2026-12-01T08:00:00Z');
  webex = await startSimulator({
    clients: [client, CLIENT],
    users: [...DEFAULT_USERS, CUSTOMER],
    now: () => now,
    deliver: (delivery) => Promise.resolve(sent.push(delivery) > 0 ? 200 : 0),
  });
});
afterEach(() => webex.stop());

async function register(changes: Record<string, unknown> = {}, scopes = SCOPES): Promise<Response> {
  const { access_token: token } = await login(webex, { client, scope: scopes.join(' ') });
  const body = { name: 'a', targetUrl, resource: 'serviceApp', event: 'authorized', secret, ...changes };
  return fetch(`${webex.apiUrl}/webhooks`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

it('an authorization and its withdrawal are sent once each, signed, with the organization that acted', async () => {
  expect((await register({ filter: `id=${applicationId}` })).status).toBe(200);
  expect((await register({ event: 'deauthorized' })).status).toBe(200);
  webex.serviceApps.authorize(applicationId, CUSTOMER.orgId);
  webex.serviceApps.authorize(applicationId, CUSTOMER.orgId);
  now += 3_600_000;
  webex.serviceApps.withdraw(applicationId, CUSTOMER.orgId);
  webex.serviceApps.withdraw(applicationId, CUSTOMER.orgId);
  expect(await webex.webhooks.delivered()).toMatchObject([{ status: 200 }, { status: 200 }]);
  const data = { id: applicationId, authorizerOrgId: CUSTOMER.orgId, authorizationDate: '2026-12-01T08:00:00.000Z' };
  expect(sent.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
    { resource: 'serviceApp', event: 'authorized', orgId: ORGANIZATION, data },
    { resource: 'serviceApp', event: 'deauthorized', orgId: ORGANIZATION, data },
  ]);
  for (const { headers, body } of sent) {
    expect(headers['x-spark-signature']).toBe(createHmac('sha1', secret).update(body).digest('hex'));
  }
});

it('a webhook gets only the events that it was registered for', async () => {
  await register({ filter: 'id=another' });
  await register({ event: 'deauthorized', secret: undefined });
  webex.serviceApps.authorize(applicationId, CUSTOMER.orgId);
  expect(sent).toEqual([]);
  webex.serviceApps.withdraw(applicationId, CUSTOMER.orgId);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.headers).toEqual({ 'content-type': 'application/json' });
});

it.each([
  ['an http address', { targetUrl: 'http://grants.example.com/' }, 400],
  ['another resource', { resource: 'messages' }, 400],
  ['both events at once', { event: 'all' }, 400],
])('a webhook with %s is refused', async (_, changes, status) => {
  expect((await register(changes)).status).toBe(status);
});

it('a webhook needs a token with the scope to write webhooks, and the list the one to read them', async () => {
  expect((await register({}, ['application:webhooks_read'])).status).toBe(403);
  await register();
  const token = async (scope: string) => (await login(webex, { client, scope })).access_token;
  const list = await call(`${webex.apiUrl}/webhooks`, await token('application:webhooks_read'));
  expect(await list.json()).toMatchObject({ items: [{ targetUrl, event: 'authorized', status: 'active' }] });
  expect((await call(`${webex.apiUrl}/webhooks`, await token('application:webhooks_write'))).status).toBe(403);
  expect((await call(`${webex.apiUrl}/webhooks`)).status).toBe(401);
});
