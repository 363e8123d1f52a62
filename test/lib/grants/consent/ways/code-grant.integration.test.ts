import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AuthorizationPending,
  exitCodeOf,
  IntegrationRefused,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultSealed,
} from '#core';
import { RedirectListener } from '../../../../../lib/browser/redirect-listener';
import { AccountNotChecked, WrongAccount } from '../../../../../lib/grants/consent/account';
import { ConsentRefused } from '../../../../../lib/grants/consent/consent-refused';
import { findRevocable } from '../../../../../lib/grants/consent/revocation';
import { VaultClient } from '../../../../../lib/vault/vault-client';
import { ADA, BLAKE, ConsentWorld, type Given } from '../../../../fixtures/worlds/consent-world';
import { givingExpired } from '../../../../fixtures/worlds/giving-expired';

/* Behavior of the way by which Vault exchanges the code, and of the steps before a revocation. */

let world: ConsentWorld;
beforeAll(async () => (world = await ConsentWorld.start()));
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.reset());
afterEach(() => {
  expect(world.secretsIn(world.shown.join('\n') + world.fixture.server.log)).toEqual([]);
});

const run = (name = 'anybody', given?: Given) => world.run('code', name, given);
const findAnybody = (vaultOnly = false) => findRevocable(world.vault, 'oauthapp', 'anybody', { vaultOnly });

/** A grant whose access token counts as expired. The next read refreshes it. */
async function storeExpiring(name: string): Promise<void> {
  const { webex, engine, admin } = world.fixture;
  await givingExpired(webex, () => engine.authorize(admin, name));
}

function fail(fault: NonNullable<typeof world.fixture.webex.behavior.fault>): void {
  world.fixture.webex.behavior.fault = fault;
}

function exchanges(): number {
  return world.fixture.webex.requests.filter(({ grantType }) => grantType === 'authorization_code').length;
}

/** The integration at Webex. */
function client() {
  const [registered] = world.fixture.webex.clients;
  if (registered === undefined) {
    throw new Error('the simulator has no client');
  }
  return registered;
}

describe('a first consent', () => {
  it('the consent URL contains several scopes, a hint at the owner and a state of 32 bytes', async () => {
    await run('owned');
    const asked = world.visited?.searchParams;
    expect(asked?.get('scope')).toBe('spark:people_read spark:rooms_read');
    expect(asked?.get('login_hint')).toBe(ADA);
    expect(Buffer.from(asked?.get('state') ?? '', 'base64url')).toHaveLength(32);
  });

  it('a late consent never reaches Vault, and the browser shows that the credential works already', async () => {
    const { engine, admin } = world.fixture;
    const refused = run('owned', { as: BLAKE, meanwhile: () => engine.authorize(admin, 'owned', { as: ADA }) });
    await expect(refused).rejects.toThrow(/^credential "owned" works already/);
    expect(world.shown.at(-2)).toContain('works already');
    expect(exchanges()).toBe(1);
  });

  it('a consent changes nothing if another consent was begun elsewhere in the meantime', async () => {
    const refused = run('anybody', { meanwhile: () => world.beginElsewhere() });
    await expect(refused).rejects.toBeInstanceOf(AuthorizationPending);
    await expect(refused).rejects.toThrow(/waits for a consent .*, so nothing was changed: .*\. Finish it there, or/);
    await world.expireElsewhere();
  });

  it.each([
    ['fails', { path: '/v1/people', status: 503 }, /answered 503 to people\/me/, 4],
    ['hangs up', { path: '/v1/people', dropConnection: true }, /no answer from Webex at/, 4],
    ['is another server', { path: '/v1/people', status: 200, body: 'html' }, /something that is not a Webex reply/, 1],
  ] as const)('nobody is asked to consent if the credential has an owner and Webex %s', async (_, fault, why, code) => {
    fail(fault);
    const refused = run('owned');
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toThrow(/Nobody was asked to consent, and nothing was changed; set HTTPS_PROXY/);
    expect(await refused.catch(exitCodeOf)).toBe(code);
    expect(world.fixture.webex.requests.map(({ path }) => path)).toEqual(['/v1/people/me']);
  });

  it('a denied consent never reaches Vault', async () => {
    await expect(run('anybody', { decision: 'deny' })).rejects.toBeInstanceOf(ConsentRefused);
    await world.expectAbsent('anybody');
    expect(exchanges()).toBe(0);
  });

  it('a consent that nobody gives times out and frees the port', async () => {
    const nobody = run('anybody', { onUrl: () => undefined, timeoutSeconds: 0.1 });
    await expect(nobody).rejects.toThrow(/nobody consented within 0.1 s/);
    await world.expectAbsent('anybody');
    await (await RedirectListener.bind(world.fixture.engine.redirectUrl))[Symbol.asyncDispose]();
  });

  it('the command ends if it cannot show the consent URL', async () => {
    await expect(run('anybody', { onUrl: () => Promise.reject(new Error('no screen')) })).rejects.toThrow('no screen');
  });

  it.each([
    ['fails', { status: 500 }],
    ['answers nonsense', { status: 200, body: 'html' }],
    ['hangs up', { dropConnection: true }],
  ] as const)('the error of the exchange says at once that nothing was changed if Webex %s', async (_, fault) => {
    fail({ path: '/v1/access_token', ...fault });
    const failed = run('anybody', { lostAnswerMs: 600_000 });
    await expect(failed).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(failed).rejects.toThrow(/could not exchange the code at Webex .*; nothing was changed/);
    await world.expectAbsent('anybody');
  });

  it('an error says that Vault stored no grant if the code was lost on its way', async () => {
    world.lose('request', 'owned');
    const failed = run('owned');
    await expect(failed).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(failed).rejects.toThrow(
      /^Vault's answer to the code was lost \(ECONNRESET\), and no new grant appeared within 0\.2 s; nothing was changed; run the command again$/,
    );
    await world.expectAbsent('owned');
  });

  it("the grant of another account is deleted although Vault's answer was lost", async () => {
    world.lose('answer', 'owned');
    await expect(run('owned', { as: BLAKE })).rejects.toBeInstanceOf(WrongAccount);
    await world.expectAbsent('owned');
  });
});

describe('a credential that has a grant', () => {
  it('the command checks the account of a working credential if an owner is declared', async () => {
    const { engine, admin, issued, webex } = world.fixture;
    await engine.authorize(admin, 'anybody');
    webex.requests.length = 0;
    await expect(run('anybody')).rejects.toThrow(/works already/);
    expect(webex.requests).toEqual([]);
    await engine.authorize(admin, 'owned', { as: BLAKE });
    const refused = run('owned');
    await expect(refused).rejects.toBeInstanceOf(WrongAccount);
    await expect(refused).rejects.toThrow(
      /belongs to ada.*it works as that account; to delete it: npx --no-install \S+ revoke owned/,
    );
    fail({ path: '/v1/people', status: 503 });
    const unseen = run('owned');
    await expect(unseen).rejects.toBeInstanceOf(AccountNotChecked);
    await expect(unseen).rejects.toThrow(/^"owned" works already, but its account could not be checked/);
    expect(await unseen.catch(exitCodeOf)).toBe(4);
    expect(issued).toContain(await world.tokenOf('owned'));
  });

  it('the command asks for a new consent if Webex has revoked the grant', async () => {
    await storeExpiring('anybody');
    world.fixture.webex.grants.revokeAll();
    await expect(world.tokenOf('anybody')).rejects.toBeInstanceOf(ReauthorizationRequired);
    expect((await run('anybody')).person?.displayName).toBe('Ada Admin');
  });

  it.each([
    ['is down', { status: 503 }, TemporarilyUnavailable, /could not be refreshed yet/],
    [
      'does not know the client',
      { status: 401, error: 'invalid_client' },
      IntegrationRefused,
      /integration "webex-myapp".*is intact; set TF_VAR_webex_myapp_client_secret, raise its clientSecretVersion and deploy/,
    ],
    ['does not allow the client', { status: 401, error: 'unauthorized_client' }, IntegrationRefused, /is intact/],
  ])('the command leaves a grant alone that needs a refresh if Webex %s', async (_, fault, kind, message) => {
    await storeExpiring('owned');
    const before = exchanges();
    fail({ path: '/v1/access_token', ...fault });
    const refused = run('owned');
    await expect(refused).rejects.toBeInstanceOf(kind);
    await expect(refused).rejects.toThrow(message);
    expect(exchanges()).toBe(before);
    world.fixture.webex.behavior.fault = undefined;
    expect(world.fixture.issued).toContain(await world.tokenOf('owned'));
  });

  it('a credential cannot be revoked at Webex while its token cannot be refreshed', async () => {
    await expect(findAnybody()).rejects.toThrow(/^there is no credential "anybody" in Vault, so there is nothing to/);
    await storeExpiring('anybody');
    fail({ path: '/v1/access_token', status: 503 });
    const found = findAnybody();
    await expect(found).rejects.toThrow(/so nothing was changed; .*--vault-only$/);
    await expect(found).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(findAnybody(true)).resolves.toBeUndefined();
    fail({ path: '/v1/access_token', status: 401, error: 'invalid_client' });
    expect(await findAnybody()).toBeUndefined();
  });
});

describe('a credential that waits for a consent begun elsewhere', () => {
  it('it is neither authorized nor revoked, because the engine would delete the next grant', async () => {
    await world.beginElsewhere();
    for (const [act, why] of [
      [run, 'nobody was asked to consent'],
      [findAnybody, 'there is no grant to revoke yet'],
    ] as const) {
      const refused = act();
      await expect(refused).rejects.toBeInstanceOf(AuthorizationPending);
      await expect(refused).rejects.toThrow(`, so ${why}: the engine would delete a new grant. Finish it there, or`);
    }
    await world.expireElsewhere();
    expect(await findAnybody()).toBeUndefined();
    await run('anybody');
    await sleep(2500);
    expect(world.fixture.issued).toContain(await world.tokenOf('anybody'));
  });
});

describe('before anybody is asked to consent', () => {
  const onUrl = jest.fn();
  beforeEach(() => onUrl.mockClear());
  afterEach(() => {
    expect(onUrl).not.toHaveBeenCalled();
  });
  const check = (given: Given, name?: string) => run(name, { onUrl, ...given });

  it('an error says that the token is not valid', async () => {
    const refused = check({ vault: world.fixture.admin.withToken('hvs.nonsense') });
    await expect(refused).rejects.toThrow(/does not accept the token/);
    await expect(refused).rejects.toBeInstanceOf(NotPermitted);
  });

  it('an error says which rights the token lacks', async () => {
    const self = 'path "sys/capabilities-self" { capabilities = ["update"] }\n';
    const url = `path "oauthapp/auth-code-url" { capabilities = ["update"] }\n`;
    const as = async (policy: string) => world.fixture.admin.withToken(await world.fixture.tokenWith(policy));
    await expect(check({ vault: await as(self) })).rejects.toThrow(
      'this Vault token may not authorize "anybody": it lacks "update" on oauthapp/auth-code-url; use a token with policy "oauthapp-authorizer"',
    );
    await expect(check({ vault: await as(self + url) })).rejects.toThrow(
      /lacks "read", "update", "delete" on oauthapp\/creds\/anybody/,
    );
  });

  it.each([
    ['nothing is mounted', 'nowhere', /no oauthapp engine is mounted at nowhere\//],
    ['another engine is mounted', 'cubbyhole', /the engine mounted at cubbyhole\/ is "cubbyhole"/],
  ])('an error says that %s', async (_, mountPath, message) => {
    const { admin, deployment } = world.fixture;
    const other = { ...deployment, engine: { ...deployment.engine, mountPath } };
    await expect(check({ vault: admin, deployment: other })).rejects.toThrow(message);
  });

  it('an error says that the integration is missing', async () => {
    await world.fixture.admin.delete('oauthapp/servers/webex-myapp');
    const refused = check({});
    await expect(refused).rejects.toThrow(/integration "webex-myapp" is not in Vault .*deploy stack/);
    await expect(refused).rejects.toBeInstanceOf(NotDeployed);
    await world.fixture.engine.writeIntegration(world.fixture.admin);
  });

  it('an error says that the port is taken', async () => {
    const { port } = new URL(world.fixture.engine.redirectUrl);
    const other = createServer().listen(Number(port), '127.0.0.1');
    await once(other, 'listening');
    await expect(check({})).rejects.toThrow(`port ${port} on 127.0.0.1, `);
    other.close();
  });

  it('an error says that Vault does not answer', async () => {
    const vault = new VaultClient({ address: 'http://127.0.0.1:1', token: 't' });
    await expect(check({ vault })).rejects.toThrow(/no answer from Vault at http:\/\/127.0.0.1:1/);
  });

  it('an error says that the redirect URL or a scope is not registered at Webex', async () => {
    const [urls, scopes] = [client().redirectUrls.splice(0), client().scopes.slice()];
    await expect(check({})).rejects.toThrow(
      `redirect URL ${world.fixture.engine.redirectUrl} is not registered for it. Nothing was changed; correct them`,
    );
    client().redirectUrls.push(...urls);
    client().scopes.length = 0;
    const refused = check({}, 'owned');
    await expect(refused).rejects.toBeInstanceOf(ConsentRefused);
    await expect(refused).rejects.toThrow(/^Webex refused the scopes "spark:people_read spark:rooms_read" \(/);
    client().scopes.push(...scopes);
    await world.expectAbsent('anybody');
  });
});

it.each([
  ['hangs up', { dropConnection: true }],
  ['fails', { status: 503 }],
])('a Webex that %s at the check of the consent page does not stop the consent', async (_, fault) => {
  fail({ path: '/v1/authorize', count: 1, ...fault });
  expect((await run('anybody')).person?.emails).toEqual([ADA]);
  expect(world.fixture.webex.behavior.fault).toBeUndefined();
});

it('the error tells a sealed server from one that is down', async () => {
  await world.fixture.admin.write('sys/seal', {});
  await expect(run('anybody')).rejects.toBeInstanceOf(VaultSealed);
});
