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

describe('the list of people', () => {
  interface Person {
    displayName: string;
  }

  async function list(query: string, token: string) {
    const reply = await call(`${webex.apiUrl}/people${query}`, token);
    const { items } = (await reply.json()) as { items?: Person[] };
    const next = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1];
    return { status: reply.status, names: items?.map((person) => person.displayName), next };
  }

  test('the list has one page without a link if it fits', async () => {
    const { access_token: token } = await login(webex, { scope: 'spark-admin:people_read' });
    expect(await list('', token)).toEqual({
      status: 200,
      names: ['Ada Admin', 'Blake Backup', 'Uma User'],
      next: undefined,
    });
  });

  test('the list has pages with a link to the next, except on the last', async () => {
    const { access_token: token } = await login(webex, { scope: 'spark-admin:people_read' });
    const first = await list('?max=2', token);
    expect(first.names).toEqual(['Ada Admin', 'Blake Backup']);
    expect(first.next).toContain(`${webex.apiUrl}/people?`);
    const second = await list(new URL(first.next ?? webex.url).search, token);
    expect(second).toEqual({ status: 200, names: ['Uma User'], next: undefined });
  });

  test('the list has no link if the last page is exactly full', async () => {
    const { access_token: token } = await login(webex, { scope: 'spark-admin:people_read' });
    expect((await list('?max=3', token)).next).toBeUndefined();
  });

  test.each(['?max=0', '?max=1001', '?max=two', '?cursor=bm90IG91cnM'])('the list refuses %s', async (query) => {
    const { access_token: token } = await login(webex, { scope: 'spark-admin:people_read' });
    expect((await list(query, token)).status).toBe(400);
  });

  test('the list refuses other scopes and persons without a role', async () => {
    const { access_token: noScope } = await login(webex, { scope: 'spark:people_read' });
    const { access_token: noRole } = await login(webex, { scope: 'spark-admin:people_read', as: PLAIN_USER });
    expect((await list('', noScope)).status).toBe(403);
    expect((await list('', noRole)).status).toBe(403);
    expect((await call(`${webex.apiUrl}/people`)).status).toBe(401);
  });

  test('the list omits the people of other organizations', async () => {
    const users = DEFAULT_USERS.map((user, index) => (index === 1 ? { ...user, orgId: 'another' } : user));
    await using other = await startSimulator({ users });
    const { access_token: token } = await login(other, { scope: 'spark-admin:people_read' });
    const { items } = (await (await call(`${other.apiUrl}/people`, token)).json()) as { items: Person[] };
    expect(items.map((person) => person.displayName)).toEqual(['Ada Admin', 'Uma User']);
  });
});
