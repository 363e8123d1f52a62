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

/** A Service App that can request the tokens of other Service Apps. */
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
  webex.serviceApps.authorize(applicationId, ORGANIZATION);
  return tokenReply.parse(await (await post(await askingToken())).json());
}

describe('the tokens of a Service App', () => {
  test("an authorized organization gets the tokens in the token endpoint's format", async () => {
    expect(await serviceAppTokens()).toMatchObject({
      expires_in: expect.closeTo(1_209_599, -2) as number,
      refresh_token_expires_in: expect.closeTo(7_775_999, -2) as number,
      scope: ['spark:kms', ...SERVICE_APP.scopes.toReversed()].join(' '),
    });
  });

  test('the tokens belong to a machine account of the organization', async () => {
    const { access_token: token } = await serviceAppTokens();
    const me = (await (await call(`${webex.apiUrl}/people/me`, token)).json()) as Record<string, unknown>;
    expect(me).toMatchObject({ type: 'appuser', orgId: ORGANIZATION, displayName: 'Nightly report' });
    await expect(webex.consent(authorizeUrl(webex), { as: (me.emails as string[])[0] })).rejects.toThrow(
      'unknown user',
    );
  });

  test("only the Service App's own client can refresh the tokens", async () => {
    const { refresh_token: refreshToken } = await serviceAppTokens();
    expect((await refreshWith(webex, refreshToken, ASKING_CLIENT)).status).toBe(400);
    const reply = tokenReply.parse(await (await refreshWith(webex, refreshToken, SERVICE_APP)).json());
    expect((await call(`${webex.apiUrl}/people/me`, reply.access_token)).status).toBe(200);
  });

  test('repeated requests return tokens for the same account', async () => {
    const ids = [];
    for (const { access_token: token } of [await serviceAppTokens(), await serviceAppTokens()]) {
      ids.push(((await (await call(`${webex.apiUrl}/people/me`, token)).json()) as { id: string }).id);
    }
    expect(new Set(ids).size).toBe(1);
  });

  test('the tokens outlive the person whose token requested them', async () => {
    const { access_token: token, refresh_token: refreshToken } = await serviceAppTokens();
    webex.deactivate(ADMIN);
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
    expect((await refreshWith(webex, refreshToken, SERVICE_APP)).status).toBe(200);
  });

  test('the tokens end with the authorization, and new ones are available after it returns', async () => {
    const { access_token: token, refresh_token: refreshToken } = await serviceAppTokens();
    webex.serviceApps.withdraw(applicationId, ORGANIZATION);
    expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(401);
    expect(await (await refreshWith(webex, refreshToken, SERVICE_APP)).json()).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('withdrew the authorization') as string,
    });
    expect((await post(await askingToken())).status).toBe(403);
    expect((await call(`${webex.apiUrl}/people/me`, (await serviceAppTokens()).access_token)).status).toBe(200);
  });
});

describe('a request for tokens', () => {
  beforeEach(() => webex.serviceApps.authorize(applicationId, ORGANIZATION));

  test('the endpoint requires a token with the right scope', async () => {
    const none = await post(undefined);
    expect(none.status).toBe(401);
    expect((await post('made-up')).status).toBe(401);
    const { access_token: token } = await login(webex, { client: ASKING_CLIENT, scope: 'spark:people_read' });
    expect(await refusal(post(token))).toContain('403 The server understood the request, but refused to fulfill it');
  });

  test('the endpoint requires no role, but refuses a person whose organization does not own the app', async () => {
    expect((await post(await askingToken(PLAIN_USER))).status).toBe(200);
    const token = await askingToken(ELSEWHERE.email);
    webex.serviceApps.authorize(applicationId, ELSEWHERE.orgId);
    expect(await refusal(post(token, { targetOrgId: ELSEWHERE.orgId }))).toBe(
      '404 The requested resource could not be found.: Service App not found',
    );
  });

  test("the endpoint accepts the token of another Service App, and refuses the app's own", async () => {
    webex.serviceApps.authorize(MANAGER.applicationId, ORGANIZATION);
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

  test('the endpoint refuses a Service App of an organization that does not own the app', async () => {
    webex.serviceApps.authorize(MANAGER.applicationId, ELSEWHERE.orgId);
    const refreshToken = webex.portalToken(MANAGER.applicationId, ELSEWHERE.orgId);
    const { access_token: token } = tokenReply.parse(await (await refreshWith(webex, refreshToken, MANAGER)).json());
    expect((await post(token)).status).toBe(404);
  });

  test('the endpoint returns tokens for another organization that has authorized the app', async () => {
    webex.serviceApps.authorize(applicationId, ELSEWHERE.orgId);
    const reply = await post(await askingToken(), { targetOrgId: ELSEWHERE.orgId });
    const { access_token: token } = tokenReply.parse(await reply.json());
    expect(await (await call(`${webex.apiUrl}/people/me`, token)).json()).toMatchObject({ orgId: ELSEWHERE.orgId });
  });

  test.each([
    ['the client id of another app', { clientId: OTHER_CLIENT.clientId }, 'The provided clientId is invalid'],
    ['a wrong secret', { clientSecret: 'wrong' }, 'The provided clientSecret is invalid'],
  ])('the endpoint refuses %s', async (_, changes, said) => {
    expect(await refusal(post(await askingToken(), changes))).toBe(`400 Invalid client credentials: ${said}`);
  });

  test('the endpoint accepts the former client secret while one exists', async () => {
    await webex.stop();
    webex = await startSimulator({ serviceApps: [{ ...SERVICE_APP, formerSecret: 'former' }] });
    webex.serviceApps.authorize(applicationId, ORGANIZATION);
    expect((await post(await askingToken(), { clientSecret: 'former' })).status).toBe(200);
  });

  test('the endpoint refuses an unknown app', async () => {
    expect((await post(await askingToken(), {}, { id: 'made-up' })).status).toBe(404);
  });

  test.each([403, 404] as const)(
    'the endpoint answers %d if the organization has not authorized the app',
    async (status) => {
      webex.behavior.unauthorizedServiceApp = status;
      expect(await refusal(post(await askingToken(), { targetOrgId: ELSEWHERE.orgId }))).toContain(
        `${status} The Service App is not authorized by a full administrator of the organization.`,
      );
    },
  );

  test('the endpoint refuses an app that the organization has switched off', async () => {
    webex.behavior.switchedOff = { clientId };
    expect((await post(await askingToken())).status).toBe(403);
  });

  test('the endpoint accepts only JSON with the three fields', async () => {
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
  test('the client gets nothing through the consent flows', async () => {
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

describe('the authorization of a Service App', () => {
  test('the authorization requires a full administrator of the organization', () => {
    expect(() => webex.serviceApps.authorize(applicationId, 'nowhere')).toThrow(
      `no full administrator of organization "nowhere" could authorize Service App "${applicationId}"; the Webex simulator has them in "${ORGANIZATION}", "${ELSEWHERE.orgId}"`,
    );
    webex.withdrawRoles(ELSEWHERE.email, { endsGrants: false });
    expect(() => webex.serviceApps.authorize(applicationId, ELSEWHERE.orgId)).toThrow('no full administrator');
  });

  test('the authorization and its withdrawal require a registered app', () => {
    const refused = `unknown Service App "made-up"; the Webex simulator has "${applicationId}"`;
    expect(() => webex.serviceApps.authorize('made-up', ORGANIZATION)).toThrow(refused);
    expect(() => webex.serviceApps.withdraw('made-up', ORGANIZATION)).toThrow(refused);
  });
});

test("an administrator lists the account's authorizations under the application id", async () => {
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

test('the log names the grant whose token asks, and contains no secret', async () => {
  const asking = await askingToken();
  webex.serviceApps.authorize(applicationId, ORGANIZATION);
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

test('a fault of one grant affects the request that uses it, and no request of another grant', async () => {
  const asking = await askingToken();
  const { access_token: token } = await serviceAppTokens();
  webex.behavior.fault = { grant: 1, status: 503 };
  expect((await post(asking)).status).toBe(503);
  expect((await call(`${webex.apiUrl}/people/me`, token)).status).toBe(200);
});
