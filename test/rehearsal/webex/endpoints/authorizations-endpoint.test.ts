import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import { DEFAULT_USERS } from '../../../../rehearsal/webex/simulated-user';
import {
  ADMIN,
  call,
  CLIENT,
  login,
  OTHER_ADMIN,
  OTHER_CLIENT,
  PLAIN_USER,
  refreshWith,
  startSimulator,
  type TokenReply,
} from '../simulated-login';

interface Authorization {
  id: string;
  type: 'access' | 'refresh';
}

const SCOPES = 'identity:tokens_read identity:tokens_write';

let webex: WebexSimulator;
let url: string;
let admin: string;
let person: TokenReply;
beforeEach(async () => {
  webex = await startSimulator();
  url = `${webex.apiUrl}/authorizations`;
  admin = (await login(webex, { as: ADMIN, scope: SCOPES })).access_token;
  person = await login(webex, { as: PLAIN_USER });
});
afterEach(() => webex.stop());

async function authorizationsOf(email: string): Promise<Authorization[]> {
  const reply = await call(`${url}?personEmail=${encodeURIComponent(email)}`, admin);
  return ((await reply.json()) as { items: Authorization[] }).items;
}

async function idOf(email: string, type: Authorization['type']): Promise<string> {
  return (await authorizationsOf(email)).find((authorization) => authorization.type === type)?.id ?? 'none';
}

async function accessStatus(token: string): Promise<number> {
  return (await call(`${webex.apiUrl}/people/me`, token)).status;
}

describe('the list', () => {
  test("the list has the documented fields of a person's tokens, and contains no token", async () => {
    const id = DEFAULT_USERS[2]?.id ?? '';
    const reply = await call(`${url}?personId=${id}`, admin);
    const text = await reply.text();
    const common = {
      id: expect.any(String) as string,
      applicationId: expect.any(String) as string,
      applicationName: 'Token vault',
      personId: id,
      clientId: CLIENT.clientId,
      created: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    };
    const { items } = JSON.parse(text) as { items: unknown[] };
    expect(items).toHaveLength(2);
    expect(items).toEqual(
      expect.arrayContaining([
        { ...common, type: 'refresh' },
        { ...common, type: 'access' },
      ]),
    );
    expect(text).not.toContain(person.access_token);
    expect(text).not.toContain(person.refresh_token);
  });

  test("the list requires exactly one person of the caller's organization", async () => {
    const both = `?personId=${DEFAULT_USERS[2]?.id ?? ''}&personEmail=${PLAIN_USER}`;
    expect((await call(url, admin)).status).toBe(400);
    expect((await call(url + both, admin)).status).toBe(400);
    expect((await call(`${url}?personEmail=nobody@example.com`, admin)).status).toBe(404);
  });
});

describe('the deletion', () => {
  test('the deletion of a refresh token revokes its access tokens too', async () => {
    expect(await accessStatus(person.access_token)).toBe(200);
    const reply = await call(`${url}/${await idOf(PLAIN_USER, 'refresh')}`, admin, 'DELETE');
    expect(reply.status).toBe(204);
    expect(await reply.text()).toBe('');
    expect(await accessStatus(person.access_token)).toBe(401);
    expect((await refreshWith(webex, person.refresh_token)).status).toBe(400);
    expect(await authorizationsOf(PLAIN_USER)).toEqual([]);
  });

  test('the deletion of a rotated refresh token revokes the access tokens from before the rotation', async () => {
    webex.behavior.refresh = 'rotate';
    await refreshWith(webex, person.refresh_token);
    await call(`${url}/${await idOf(PLAIN_USER, 'refresh')}`, admin, 'DELETE');
    expect(await accessStatus(person.access_token)).toBe(401);
  });

  test('the deletion of an access token keeps the refresh token valid', async () => {
    const reply = await call(`${url}/${await idOf(PLAIN_USER, 'access')}`, admin, 'DELETE');
    expect(reply.status).toBe(204);
    expect(await accessStatus(person.access_token)).toBe(401);
    expect((await refreshWith(webex, person.refresh_token)).status).toBe(200);
  });

  test('the deletion by client revokes all grants of that client, and none of another client', async () => {
    const other = await login(webex, { as: PLAIN_USER, client: OTHER_CLIENT });
    const reply = await call(`${url}?clientId=${CLIENT.clientId}`, admin, 'DELETE');
    expect(reply.status).toBe(204);
    expect(await accessStatus(person.access_token)).toBe(401);
    expect(await accessStatus(other.access_token)).toBe(200);
  });

  test('the deletion of an unknown authorization is refused', async () => {
    expect((await call(`${url}/made-up`, admin, 'DELETE')).status).toBe(404);
    expect((await call(`${url}?clientId=C-nobody`, admin, 'DELETE')).status).toBe(404);
    expect((await call(url, admin, 'DELETE')).status).toBe(400);
  });

  test("an admin needs a token of the same client to delete the admin's own tokens", async () => {
    await login(webex, { as: ADMIN, client: OTHER_CLIENT });
    await login(webex, { as: OTHER_ADMIN, client: OTHER_CLIENT });
    const ownTokens = (await call(`${url}?clientId=${OTHER_CLIENT.clientId}`, admin, 'DELETE')).status;
    const othersToken = (await call(`${url}/${await idOf(OTHER_ADMIN, 'refresh')}`, admin, 'DELETE')).status;
    expect([ownTokens, othersToken]).toEqual([403, 204]);
  });
});

test.each([
  ['a list', 'GET', () => `${url}?personEmail=${PLAIN_USER}`, 'identity:tokens_write'],
  ['a deletion', 'DELETE', async () => `${url}/${await idOf(PLAIN_USER, 'refresh')}`, 'identity:tokens_read'],
  ['a deletion by client', 'DELETE', () => `${url}?clientId=${CLIENT.clientId}`, 'identity:tokens_read'],
] as const)(
  'the endpoint refuses %s by a caller without the scope or the role',
  async (_, method, target, otherScope) => {
    const { access_token: noScope } = await login(webex, { as: ADMIN, scope: otherScope });
    const { access_token: noRole } = await login(webex, { as: PLAIN_USER, scope: SCOPES });
    const statuses: number[] = [];
    for (const token of [undefined, noScope, noRole]) {
      statuses.push((await call(await target(), token, method)).status);
    }
    expect(statuses).toEqual([401, 403, 403]);
    expect(await accessStatus(person.access_token)).toBe(200);
  },
);
