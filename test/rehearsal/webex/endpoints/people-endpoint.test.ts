import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import { DEFAULT_USERS } from '../../../../rehearsal/webex/simulated-user';
import { webexId } from '../../../../rehearsal/webex/webex-id';
import { ADMIN, call, login, PLAIN_USER, startSimulator } from '../simulated-login';

const UNAUTHORIZED = 'The request requires a valid access token set in the Authorization request header.';

let webex: WebexSimulator;
let now = Date.UTC(2026, 0, 1);
beforeAll(async () => (webex = await startSimulator({ now: () => now })));
afterAll(() => webex.stop());

describe('people/me', () => {
  test('people/me returns the documented fields of the person who consented', async () => {
    const { access_token: token } = await login(webex, { as: PLAIN_USER });
    const reply = await call(`${webex.apiUrl}/people/me`, token);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({
      id: DEFAULT_USERS[2]?.id,
      emails: [PLAIN_USER],
      displayName: 'Uma User',
      firstName: 'Uma',
      lastName: 'User',
      orgId: DEFAULT_USERS[2]?.orgId,
      roles: [],
      licenses: [],
      siteUrls: ['example.webex.com'],
      status: 'active',
      loginEnabled: true,
      type: 'person',
    });
  });

  test('people/me also accepts the admin scope, and lists roles by their ids', async () => {
    const { access_token: token } = await login(webex, { as: ADMIN, scope: 'spark-admin:people_read' });
    const me = (await (await call(`${webex.apiUrl}/people/me`, token)).json()) as { roles: string[] };
    expect(me.roles).toEqual([webexId('ROLE', 'id_full_admin')]);
    expect(Buffer.from(me.roles[0] ?? '', 'base64url').toString()).toBe('ciscospark://us/ROLE/id_full_admin');
  });

  test('people/me refuses a token without one of the scopes', async () => {
    const { access_token: token } = await login(webex, { scope: 'analytics:read_all' });
    const reply = await call(`${webex.apiUrl}/people/me`, token);
    expect(reply.status).toBe(403);
    expect(await reply.json()).toMatchObject({ message: expect.stringContaining('missing required scopes') as string });
  });

  test.each([
    ['a missing', undefined],
    ['an unknown', () => 'made-up'],
    ['a refresh token for an access', async () => (await login(webex)).refresh_token],
  ])('people/me refuses %s token with the documented message', async (_, makeToken) => {
    const reply = await call(`${webex.apiUrl}/people/me`, await makeToken?.());
    expect(reply.status).toBe(401);
    expect(await reply.json()).toEqual({
      message: UNAUTHORIZED,
      errors: [{ description: UNAUTHORIZED }],
      trackingId: reply.headers.get('trackingid'),
    });
    expect(reply.headers.get('trackingid')).toMatch(/^ROUTERGW_/);
  });

  test('people/me refuses a token that is not a Bearer token', async () => {
    const { access_token: token } = await login(webex);
    const reply = await fetch(`${webex.apiUrl}/people/me`, { headers: { Authorization: `Basic ${token}` } });
    expect(reply.status).toBe(401);
  });

  test('people/me refuses an expired access token', async () => {
    const { access_token: token, expires_in: lifetime } = await login(webex);
    now += lifetime * 1000 - 1;
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
    now += 1;
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(401);
  });
});
