import { exitCodeOf, TemporarilyUnavailable } from '#core';
import { applicationToken } from '../../../lib/webex/application-token';
import {
  ApplicationsScopeMissing,
  AskingTokenRefused,
  ClientRefused,
  RequestRefused,
  ServiceAppNotAuthorized,
  UnknownServiceApp,
} from '../../../lib/webex/grant-errors';
import { peopleMe } from '../../../lib/webex/account-request';
import { refreshPair } from '../../../lib/webex/token-request';
import type { TokenPair } from '../../../lib/webex/token-pair';
import { DEFAULT_USERS, simulatedAdministrator } from '../../../rehearsal/webex/simulated-user';
import type { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import { scriptedWebex, type WebexAnswer } from '../../fixtures/loopback/recording-server';
import { ASKING_CLIENT, login, ORGANIZATION, SERVICE_APP, startSimulator } from '../../rehearsal/webex/simulated-login';
import { failureOf } from '../../fixtures/results/shown';
import { SimulatedClock } from '../../fixtures/clocks/simulated-clock';

const { applicationId, clientId, clientSecret } = SERVICE_APP;
const ELSEWHERE = simulatedAdministrator('admin@elsewhere.example');

let webex: WebexSimulator;
let clock: SimulatedClock;
let accessToken: string;
beforeEach(async () => {
  clock = new SimulatedClock();
  webex = await startSimulator({ now: clock.now, users: [...DEFAULT_USERS, ELSEWHERE] });
  webex.serviceApps.authorize(applicationId, ORGANIZATION);
  accessToken = await askingToken();
});
afterEach(() => webex.stop());

async function askingToken(as?: string, scope = 'spark:applications_token'): Promise<string> {
  return (await login(webex, { client: ASKING_CLIENT, scope, as })).access_token;
}

function ask(changes: Partial<Parameters<typeof applicationToken>[0]> = {}): Promise<TokenPair> {
  return applicationToken({
    apiUrl: webex.apiUrl,
    accessToken,
    applicationId,
    clientId,
    clientSecret,
    organization: ORGANIZATION,
    clock,
    ...changes,
  });
}

it('Webex issues the pair of a Service App, and its own client refreshes the pair', async () => {
  const { apiUrl } = webex;
  const pair = await ask();
  expect(pair.scopes).toEqual([...SERVICE_APP.scopes, 'spark:kms'].sort());
  const { refreshToken } = pair;
  const next = await refreshPair({ tokenUrl: `${apiUrl}/access_token`, clientId, clientSecret, refreshToken });
  const account = await peopleMe({ apiUrl, accessToken: next.accessToken });
  expect(account).toMatchObject({ displayName: 'Nightly report', orgId: ORGANIZATION });
  expect(await peopleMe({ apiUrl, accessToken: pair.accessToken })).toEqual(account);
});

describe('it is refused', () => {
  it.each([403, 404] as const)(
    'Webex refuses an organization that has not authorized the Service App, with status %d',
    async (status) => {
      webex.behavior.unauthorizedServiceApp = status;
      const error = await failureOf(ask({ organization: ELSEWHERE.orgId }));
      expect(error).toBeInstanceOf(status === 403 ? ServiceAppNotAuthorized : UnknownServiceApp);
      expect(error.message).toContain(applicationId);
      expect(error.message).toContain(ELSEWHERE.orgId);
      expect(error.message).toContain('Control Hub > Apps > Service Apps');
      expect(exitCodeOf(error)).toBe(1);
    },
  );

  it('Webex refuses a withdrawn Service App, and issues a pair once it is authorized again', async () => {
    webex.serviceApps.withdraw(applicationId, ORGANIZATION);
    const error = await failureOf(ask());
    expect(error).toBeInstanceOf(ServiceAppNotAuthorized);
    expect(error.message).toMatch(
      /\. A full administrator of that organization must authorize it in Control Hub > Apps > Service Apps, and the requesting token needs scope spark:applications_token; then run the command again$/,
    );
    webex.serviceApps.authorize(applicationId, ORGANIZATION);
    await ask();
  });

  it('Webex refuses an unknown Service App, and an account of another organization', async () => {
    expect(await failureOf(ask({ applicationId: 'made up/?' }))).toBeInstanceOf(UnknownServiceApp);
    const error = await failureOf(ask({ accessToken: await askingToken(ELSEWHERE.email) }));
    expect(error).toBeInstanceOf(UnknownServiceApp);
    expect(error.message).toContain('to the organization that owns it');
  });

  it('the error names the scope that the asking token lacks', async () => {
    const error = await failureOf(ask({ accessToken: await askingToken(undefined, 'spark:people_read') }));
    expect(error).toBeInstanceOf(ApplicationsScopeMissing);
    expect(error.message).toContain('lacks scope spark:applications_token');
  });

  it.each([
    ['is no good', () => ask({ accessToken: 'made-up-token' })],
    ['was revoked', () => (webex.grants.revokeAll(), ask())],
  ])('Webex refuses an asking token that %s', async (_, asking) => {
    const error = await failureOf(asking());
    expect(error).toBeInstanceOf(AskingTokenRefused);
    expect(error.message).toContain('npx --no-install webex-token-vault status --verify');
  });

  it('the error blames a wrong client secret instead of the asking token', async () => {
    const error = await failureOf(ask({ clientSecret: 'wrong-secret' }));
    expect(error).toBeInstanceOf(ClientRefused);
    expect(error.message).toContain('The provided clientSecret is invalid');
  });

  it('Webex refuses the client of another app', async () => {
    const other = { clientId: ASKING_CLIENT.clientId, clientSecret: ASKING_CLIENT.clientSecret };
    const error = await failureOf(ask(other));
    expect(error).toBeInstanceOf(RequestRefused);
    expect(error.message).toContain('The provided clientId is invalid, tracking id ROUTERGW_');
    expect(error.message).toContain(
      "check that serviceApp.id, the id of the organization and the client id are the Service App's",
    );
  });

  it.each([
    [401, 'invalid_client', ClientRefused],
    [401, 'invalid_grant', AskingTokenRefused],
    [400, 'invalid_client', ClientRefused],
    [400, 'invalid_grant', RequestRefused],
  ])('status %d leads to a check of the client secret, and %s decides the error', async (status, error, kind) => {
    const answers: WebexAnswer[] = [
      { status, body: { message: 'Invalid client credentials' } },
      { status: 400, body: { error } },
    ];
    await using scripted = await scriptedWebex(...answers);
    expect(await failureOf(ask({ apiUrl: `${scripted.address}/v1` }))).toBeInstanceOf(kind);
    expect(scripted.requests.map(({ url }) => url)).toEqual([
      `/v1/applications/${applicationId}/token`,
      '/v1/access_token',
    ]);
  });
});

describe('trouble that passes', () => {
  it('the request waits if Webex limits its rate', async () => {
    webex.behavior.fault = { path: '/v1/applications', status: 429, retryAfterSeconds: 20, count: 1 };
    await ask();
    expect(clock.waits).toEqual([20]);
    webex.behavior.fault = { path: '/v1/applications', status: 429, retryAfterSeconds: 61 };
    expect(await failureOf(ask())).toBeInstanceOf(TemporarilyUnavailable);
  });

  it('the signal ends the request', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    expect((await failureOf(ask({ signal }))).message).toBe('stopped');
  });
});
