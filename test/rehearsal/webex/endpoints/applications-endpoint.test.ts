import { DEFAULT_USERS, simulatedAdministrator } from '../../../../rehearsal/webex/simulated-user';
import type { SimulatedServiceApp } from '../../../../rehearsal/webex/simulated-client';
import { webexId } from '../../../../rehearsal/webex/webex-id';
import type { WebexSimulator } from '../../../../rehearsal/webex/webex-simulator';
import {
  ADMIN,
  ASKING_CLIENT,
  authorizeUrl,
  basic,
  call,
  exchangeCode,
  inBody,
  login,
  obtainCode,
  ORGANIZATION,
  OTHER_CLIENT,
  PLAIN_USER,
  postToken,
  refreshWith,
  SERVICE_APP,
  startSimulator,
  type TokenReply,
  tokenReply,
} from '../simulated-login';

const ELSEWHERE = simulatedAdministrator('admin@elsewhere.example');
const { applicationId, clientId, clientSecret } = SERVICE_APP;

/** A Service App that may ask for the tokens of others. */
const MANAGER: SimulatedServiceApp = {
  applicationId: webexId('APPLICATION', 'manager'),
  clientId: 'C-manager',
  clientSecret: 'manager-secret',
  scopes: ['spark:applications_token'],
};

let webex: WebexSimulator;
beforeEach(async () => {
  webex = await startSimulator({ users: [...DEFAULT_USERS, ELSEWHERE], serviceApps: [SERVICE_APP, MANAGER] });
});
afterEach(() => webex.stop());

async function askingToken(as = ADMIN): Promise<string> {
  const scope = 'spark:applications_token';
  return (await login(webex, { client: ASKING_CLIENT, scope, as })).access_token;
}

function post(
  accessToken: string | undefined,
  changes: Record<string, unknown> = {},
  { id = applicationId, type = 'application/json' } = {},
): Promise<Response> {
  return fetch(`${webex.apiUrl}/applications/${id}/token`, {
    method: 'POST',
    headers: {
      'Content-Type': type,
      ...(accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ clientId, clientSecret, targetOrgId: ORGANIZATION, ...changes }),
  });
}

async function refusal(reply: Response | Promise<Response>): Promise<string> {
  const response = await reply;
  const { message, errors } = (await response.json()) as { message: string; errors: { description: string }[] };
  return `${response.status} ${message}: ${errors[0]?.description ?? ''}`;
}

async function serviceAppTokens(): Promise<TokenReply> {
  webex.authorizeServiceApp(applicationId, ORGANIZATION);
  return tokenReply.parse(await (await post(await askingToken())).json());
}

describe('the tokens of a Service App', () => {
  test('are given as the token endpoint gives them, to an organization that has authorized it', async () => {
    expect(await serviceAppTokens()).toMatchObject({
      expires_in: expect.closeTo(1_209_599, -2) as number,
      refresh_token_expires_in: expect.closeTo(7_775_999, -2) as number,
      scope: SERVICE_APP.scopes.join(' '),
    });
  });

  test('are those of a machine account of that organization, whom nobody lists and who may what administrators may', async () => {
    const { access_token: token } = await serviceAppTokens();
    const me = (await (await call(`${webex.apiUrl}/people/me`, token)).json()) as Record<string, unknown>;
    expect(me).toMatchObject({ type: 'appuser', orgId: ORGANIZATION, displayName: 'Nightly report' });
    const people = (await (await call(`${webex.apiUrl}/people`, token)).json()) as { items: { id: string }[] };
    expect(people.items.map(({ id }) => id)).not.toContain(me.id);
    await expect(webex.consent(authorizeUrl(webex), { as: (me.emails as string[])[0] })).rejects.toThrow(
      'unknown user',
    );
  });

  test('are refreshed by its own client at the token endpoint, and by no other', async () => {
    const { refresh_token: refreshToken } = await serviceAppTokens();
    expect((await refreshWith(webex, refreshToken, ASKING_CLIENT)).status).toBe(400);
    const reply = tokenReply.parse(await (await refreshWith(webex, refreshToken, SERVICE_APP)).json());
    expect((await call(`${webex.apiUrl}/people/me`, reply.access_token)).status).toBe(200);
  });

  test('are given any number of times, to the same account', async () => {
    const ids = [];
    for (const { access_token: token } of [await serviceAppTokens(), await serviceAppTokens()]) {
      ids.push(((await (await call(`${webex.apiUrl}/people/me`, token)).json()) as { id: string }).id);
    }
    expect(new Set(ids).size).toBe(1);
  });

  test('survive the person whose token asked for them', async () => {
    const { access_token: token, refresh_token: refreshToken } = await serviceAppTokens();
    webex.deactivate(ADMIN);
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
    expect((await refreshWith(webex, refreshToken, SERVICE_APP)).status).toBe(200);
  });

  test('end with the authorization, and come again with it', async () => {
    const { access_token: token, refresh_token: refreshToken } = await serviceAppTokens();
    webex.withdrawServiceApp(applicationId, ORGANIZATION);
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(401);
    expect(await (await refreshWith(webex, refreshToken, SERVICE_APP)).json()).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('withdrew the authorization') as string,
    });
    expect((await post(await askingToken())).status).toBe(403);
    expect((await call(`${webex.apiUrl}/people/me`, (await serviceAppTokens()).access_token)).status).toBe(200);
  });
});

describe('asking for them', () => {
  beforeEach(() => webex.authorizeServiceApp(applicationId, ORGANIZATION));

  test('takes a token with the scope for it', async () => {
    const none = await post(undefined);
    expect(none.status).toBe(401);
    expect((await post('made-up')).status).toBe(401);
    const { access_token: token } = await login(webex, { client: ASKING_CLIENT, scope: 'spark:people_read' });
    expect(await refusal(post(token))).toContain('403 The server understood the request, but refused to fulfill it');
  });

  test('takes no role, and no token of somebody whose organization does not own the app', async () => {
    expect((await post(await askingToken(PLAIN_USER))).status).toBe(200);
    const token = await askingToken(ELSEWHERE.email);
    webex.authorizeServiceApp(applicationId, ELSEWHERE.orgId);
    expect(await refusal(post(token, { targetOrgId: ELSEWHERE.orgId }))).toBe(
      '404 The requested resource could not be found.: Service App not found',
    );
  });

  test('takes the token of another Service App, and not its own', async () => {
    webex.authorizeServiceApp(MANAGER.applicationId, ORGANIZATION);
    const manager = tokenReply.parse(
      await (await refreshWith(webex, webex.portalToken(MANAGER.applicationId, ORGANIZATION), MANAGER)).json(),
    );
    expect((await post(manager.access_token)).status).toBe(200);
    const itself = { clientId: MANAGER.clientId, clientSecret: MANAGER.clientSecret };
    const refused = await refusal(post(manager.access_token, itself, { id: MANAGER.applicationId }));
    expect(refused).toContain('403 A Service App cannot ask for its own tokens.');
    const { access_token: without } = await serviceAppTokens();
    expect((await post(without)).status).toBe(403);
  });

  test('takes no token of a Service App in an organization that does not own the app', async () => {
    webex.authorizeServiceApp(MANAGER.applicationId, ELSEWHERE.orgId);
    const refreshToken = webex.portalToken(MANAGER.applicationId, ELSEWHERE.orgId);
    const { access_token: token } = tokenReply.parse(await (await refreshWith(webex, refreshToken, MANAGER)).json());
    expect((await post(token)).status).toBe(404);
  });

  test('gives the tokens of another organization that has authorized it', async () => {
    webex.authorizeServiceApp(applicationId, ELSEWHERE.orgId);
    const reply = await post(await askingToken(), { targetOrgId: ELSEWHERE.orgId });
    const { access_token: token } = tokenReply.parse(await reply.json());
    expect(await (await call(`${webex.apiUrl}/people/me`, token)).json()).toMatchObject({ orgId: ELSEWHERE.orgId });
  });

  test.each([
    ['the client id of another app', { clientId: OTHER_CLIENT.clientId }, 'The provided clientId is invalid'],
    ['a wrong secret', { clientSecret: 'wrong' }, 'The provided clientSecret is invalid'],
  ])('is refused with %s', async (_, changes, said) => {
    expect(await refusal(post(await askingToken(), changes))).toBe(`400 Invalid client credentials: ${said}`);
  });

  test('takes the former secret as long as there is one', async () => {
    await webex.stop();
    webex = await startSimulator({ serviceApps: [{ ...SERVICE_APP, formerSecret: 'former' }] });
    webex.authorizeServiceApp(applicationId, ORGANIZATION);
    expect((await post(await askingToken(), { clientSecret: 'former' })).status).toBe(200);
  });

  test('is refused for an app that nobody knows', async () => {
    expect((await post(await askingToken(), {}, { id: 'made-up' })).status).toBe(404);
  });

  test.each([403, 404] as const)('is refused with %d where the organization has not authorized it', async (status) => {
    webex.behavior.unauthorizedServiceApp = status;
    expect(await refusal(post(await askingToken(), { targetOrgId: ELSEWHERE.orgId }))).toContain(
      `${status} The Service App is not authorized by a full administrator of the organization.`,
    );
  });

  test('is refused where the organization has switched it off', async () => {
    webex.behavior.switchedOff = { clientId };
    expect((await post(await askingToken())).status).toBe(403);
  });

  test('takes JSON with three fields, and nothing else', async () => {
    const token = await askingToken();
    expect((await post(token, {}, { type: 'application/x-www-form-urlencoded' })).status).toBe(415);
    for (const changes of [{ targetOrgId: undefined }, { clientSecret: '' }, { clientId: 1 }, { scope: 'spark:all' }]) {
      expect((await post(token, changes)).status).toBe(400);
    }
    const url = `${webex.apiUrl}/applications/${applicationId}/token`;
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
    expect((await fetch(url, { method: 'POST', headers, body: '{' })).status).toBe(400);
    const body = JSON.stringify({ clientId, clientSecret, targetOrgId: ORGANIZATION });
    expect((await fetch(`${url}?targetOrgId=x`, { method: 'POST', headers, body })).status).toBe(400);
    expect((await call(url, token)).status).toBe(405);
  });
});

describe('the client of a Service App', () => {
  test('gets nothing by the ways that people consent by', async () => {
    const redirectUri = { client_id: clientId };
    await expect(webex.consent(authorizeUrl(webex, redirectUri))).rejects.toThrow('No client of this client_id');
    expect((await exchangeCode(webex, await obtainCode(webex), inBody(SERVICE_APP))).status).toBe(400);
    const form = { grant_type: 'authorization_code', code: 'any', redirect_uri: 'http://localhost:5000/auth' };
    const refused = await postToken(webex, { ...form, ...inBody(SERVICE_APP) });
    expect(await refused.json()).toMatchObject({ error: 'unauthorized_client' });
    const device = { method: 'POST', body: new URLSearchParams({ client_id: clientId, scope: 'analytics:read_all' }) };
    expect((await fetch(`${webex.apiUrl}/device/authorize`, device)).status).toBe(400);
    const asking = {
      method: 'POST',
      headers: basic(clientId, clientSecret),
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: clientId,
        device_code: 'x',
      }),
    };
    expect((await fetch(`${webex.apiUrl}/device/token`, asking)).status).toBe(401);
  });
});

describe('authorizing one', () => {
  test('takes a full administrator of the organization', () => {
    expect(() => webex.authorizeServiceApp(applicationId, 'nowhere')).toThrow(
      `no full administrator of organization "nowhere" could authorize Service App "${applicationId}"; the Webex simulator has them in "${ORGANIZATION}", "${ELSEWHERE.orgId}"`,
    );
    webex.withdrawRoles(ELSEWHERE.email, { endsGrants: false });
    expect(() => webex.authorizeServiceApp(applicationId, ELSEWHERE.orgId)).toThrow('no full administrator');
  });

  test('takes an app that is registered, as withdrawing does', () => {
    const refused = `unknown Service App "made-up"; the Webex simulator has "${applicationId}"`;
    expect(() => webex.authorizeServiceApp('made-up', ORGANIZATION)).toThrow(refused);
    expect(() => webex.withdrawServiceApp('made-up', ORGANIZATION)).toThrow(refused);
  });
});

test('an administrator sees the authorizations of its account, under the id of the application', async () => {
  const { access_token: token } = await serviceAppTokens();
  const { id } = (await (await call(`${webex.apiUrl}/people/me`, token)).json()) as { id: string };
  const { access_token: admin } = await login(webex, { scope: 'identity:tokens_read' });
  const listed = await call(`${webex.apiUrl}/authorizations?personId=${id}`, admin);
  const { items } = (await listed.json()) as { items: object[] };
  expect(items).toHaveLength(2);
  expect(items).toMatchObject([
    { applicationId, clientId },
    { applicationId, clientId },
  ]);
});

test('the log tells whose token asks, and holds no secret', async () => {
  const asking = await askingToken();
  webex.authorizeServiceApp(applicationId, ORGANIZATION);
  webex.requests.length = 0;
  const { access_token: accessToken, refresh_token: refreshToken } = tokenReply.parse(
    await (await post(asking)).json(),
  );
  await refreshWith(webex, refreshToken, SERVICE_APP);
  expect(webex.requests).toMatchObject([
    { method: 'POST', path: `/v1/applications/${applicationId}/token`, status: 200, grant: 1 },
    { path: '/v1/access_token', status: 200, grantType: 'refresh_token', grant: 2 },
  ]);
  const log = JSON.stringify(webex.requests);
  for (const secret of [asking, accessToken, refreshToken, clientSecret]) {
    expect(log).not.toContain(secret);
  }
});

test('a fault happens by the grant that asks, and by the one of the Service App', async () => {
  const asking = await askingToken();
  const { access_token: token } = await serviceAppTokens();
  webex.behavior.fault = { grant: 1, status: 503 };
  expect((await post(asking)).status).toBe(503);
  expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
});
