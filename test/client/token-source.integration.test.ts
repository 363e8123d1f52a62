import { setTimeout as sleep } from 'node:timers/promises';
import {
  AuthorizationPending,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
} from '../../core/src/vault/credential-errors';
import { WrappingTokenSpentError } from '../../core/src/login/wrapped-secret-id';
import { issueSecretId } from '../../lib/apps/issued-secret-id';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import { loginAppRole, type AppRoleLoginOptions } from '../../core/src/login/app-role-login';
import { TokenSource, type TokenSourceSettings } from '../../client/src/token-source';
import { WebexFetch } from '../../client/src/webex-fetch';
import { disposedAfterEach } from '../fixtures/runs/disposal';
import { LossyProxy } from '../fixtures/loopback/lossy-proxy';
import { eventually } from '../../rehearsal/eventually';
import { HeldRequest } from '../fixtures/loopback/held-request';
import { LongTimers } from '../fixtures/clocks/long-timers';
import { Script } from '../fixtures/programs/script';
import { WrittenVault } from '../../rehearsal/written-vault';

const LOGIN = 'PUT auth/approle/login';
const HOUR_MS = 3_600_000;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** The engine treats a token of this lifetime as expired from the start. */
const EXPIRED_AT_ONCE = { accessTokenTtlSeconds: 5 };
const LONG = { accessTokenTtlSeconds: 1_209_599 };

const credential = (name: string) => ({ name, integration: 'webex-myapp', scopes: ['spark:people_read'] });

let vault: WrittenVault;
let proxy: LossyProxy;
let apps: Record<string, { roleId: string; secretId: string }>;
const keep = disposedAfterEach();

beforeAll(async () => {
  vault = await WrittenVault.start({
    credentials: [credential('one'), credential('two'), credential('pending')],
    apps: [
      { name: 'first', reads: ['one', 'pending'] },
      { name: 'second', reads: ['two'] },
    ],
  });
  apps = { first: await vault.appLogin('first'), second: await vault.appLogin('second') };
});

afterAll(() => vault[Symbol.asyncDispose]());

beforeEach(async () => (proxy = await LossyProxy.start(vault.server.address)));

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  vault.webex.behavior = { ...vault.webex.behavior, ...LONG, fault: undefined };
  await vault.engine.writeIntegration(vault.admin);
  for (const name of ['one', 'two']) {
    await vault.admin.delete(`oauthapp/creds/${name}`);
  }
});

function source(options: Partial<TokenSourceSettings & AppRoleLoginOptions> = {}): TokenSource {
  const login = options.wrappingToken === undefined ? apps.first : { roleId: apps.first?.roleId ?? '' };
  return keep(
    new TokenSource({
      address: proxy.address,
      credential: 'one',
      roleId: '',
      retry: { baseDelayMs: 5 },
      holdOffMs: 50,
      ...login,
      ...options,
    }),
  );
}

it('the source sends a failing Webex a bounded number of requests for 20 callers, and recovers by itself', async () => {
  Object.assign(vault.webex.behavior, EXPIRED_AT_ONCE);
  await vault.engine.authorize(vault.admin, 'one');
  vault.webex.behavior.fault = { path: '/v1/access_token', status: 500 };
  const tokens = source();
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => tokens.token()));
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as Error).name)).toEqual(
    Array(20).fill('TemporarilyUnavailable'),
  );
  expect(proxy.count('GET oauthapp/creds/one')).toBe(4);
  const asked = vault.webex.requests.filter(({ path, status }) => path === '/v1/access_token' && status === 500);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThanOrEqual(4);

  vault.webex.behavior = { ...vault.webex.behavior, ...LONG, fault: undefined };
  const { accessToken } = await eventually(() => tokens.token().catch(() => undefined));
  expect(vault.issued).toContain(accessToken);
});

it.each<[string, () => unknown, unknown]>([
  ['a grant that Webex has ended', () => vault.webex.grants.revokeAll(), ReauthorizationRequired],
  [
    'an integration whose secret is wrong',
    () => vault.engine.writeIntegration(vault.admin, 'another-secret'),
    IntegrationRefused,
  ],
])('the source makes Webex refresh once in 20 calls for %s', async (_, end, type) => {
  Object.assign(vault.webex.behavior, EXPIRED_AT_ONCE);
  await vault.engine.authorize(vault.admin, 'one');
  await end();
  const refreshes = () => vault.webex.requests.filter(({ grantType }) => grantType === 'refresh_token').length;
  const before = refreshes();
  const tokens = source({ holdOffMs: HOUR_MS });
  for (let call = 0; call < 20; call++) {
    await expect(tokens.token()).rejects.toBeInstanceOf(type);
  }
  expect(refreshes() - before).toBeLessThanOrEqual(2);
  expect(proxy.count('GET oauthapp/creds/one')).toBe(1);
});

describe('without a right to its credential', () => {
  const role = 'auth/approle/role/first';
  const policy = `sys/policies/acl/${policyNameOf('oauthapp', 'app-first')}`;
  const tokenCount = async () => (await vault.admin.list('auth/token/accessors')).length;

  it('the source logs in at most three times in 20 calls without permission, and leaves no Vault token behind', async () => {
    const before = await tokenCount();
    let now = Date.now();
    const tokens = source({ credential: 'two', now: () => now });
    for (let call = 0; call < 20; call++, now += 1000) {
      await expect(tokens.token()).rejects.toBeInstanceOf(NotPermitted);
    }
    expect(proxy.count(LOGIN)).toBeLessThanOrEqual(3);
    await tokens[Symbol.asyncDispose]();
    expect(await tokenCount()).toBeLessThanOrEqual(before);
  });

  it('the source preserves the uses of its secret id while it lacks permission, and recovers once permission returns', async () => {
    await vault.engine.authorize(vault.admin, 'one');
    await vault.admin.write(role, { secret_id_num_uses: 5 });
    const { roleId, secretId } = await vault.appLogin('first');
    let now = Date.now();
    const tokens = source({ roleId, secretId, now: () => now });
    try {
      await vault.admin.write(policy, { policy: 'path "nothing" { capabilities = ["read"] }' });
      for (let call = 0; call < 20; call++, now += 10_000) {
        await expect(tokens.token()).rejects.toBeInstanceOf(NotPermitted);
      }
      await vault.appLogin('first');
      now += 60_000;
      expect(vault.issued).toContain((await tokens.token()).accessToken);
      const accepted = await loginAppRole(vault.admin.connection, { roleId, secretId });
      await vault.admin.withToken(accepted.token).connection.revokeToken();
    } finally {
      await vault.appLogin('first');
      await vault.admin.write(role, { secret_id_num_uses: 0 });
    }
  });
});

describe('during a refresh that rotates the refresh token', () => {
  /** Long enough for the engine to notice a hang-up. The tests also pass with a slower engine. */
  const NOTICED_MS = 500;
  let held: HeldRequest;

  beforeEach(async () => {
    Object.assign(vault.webex.behavior, { refresh: 'rotate', ...EXPIRED_AT_ONCE });
    await vault.engine.authorize(vault.admin, 'one');
    held = new HeldRequest();
    vault.webex.behavior.fault = { path: '/v1/access_token', when: 'after', until: held.until };
    Object.assign(vault.webex.behavior, LONG);
  });

  afterEach(() => (vault.webex.behavior.refresh = 'renew'));

  async function releaseOnceNoticed(): Promise<void> {
    await sleep(NOTICED_MS);
    held.release();
  }

  async function expectGrantKept(): Promise<void> {
    vault.webex.behavior.fault = undefined;
    const reading = await source().token();
    expect(await vault.engine.isAccepted(reading.accessToken)).toBe(true);
  }

  /** A source without the proxy, which would hide a hang-up from the server. */
  const directSource = () => source({ address: vault.server.address });

  it('the grant survives a rotating refresh whose caller gives up', async () => {
    const abort = new AbortController();
    const tokens = directSource();
    const waiting = tokens.token({ signal: abort.signal });
    await held.waits;
    abort.abort(new Error('gave up'));
    await expect(waiting).rejects.toThrow('gave up');
    await releaseOnceNoticed();
    await expectGrantKept();
  });

  it('the grant survives a rotating refresh during which the source is disposed', async () => {
    const tokens = directSource();
    const waiting = tokens.token().catch(() => undefined);
    await held.waits;
    await Promise.all([tokens[Symbol.asyncDispose](), releaseOnceNoticed()]);
    await waiting;
    await expectGrantKept();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'the grant survives a rotating refresh during which webex-token gets %s',
    async (signal) => {
      const environment = {
        VAULT_ADDR: vault.server.address,
        VAULT_ROLE_ID: apps.first?.roleId ?? '',
        VAULT_SECRET_ID: apps.first?.secretId ?? '',
      };
      const script = new Script('webex-token', ['one'], environment);
      await held.waits;
      script.child.kill(signal);
      script.child.kill(signal);
      await releaseOnceNoticed();
      expect((await script.result()).exitCode).toBeGreaterThan(128);
      await expectGrantKept();
    },
  );

  it('a client that hangs up during a rotating refresh loses the grant', async () => {
    const abort = new AbortController();
    const impatient = fetch(`${vault.server.address}/v1/oauthapp/creds/one`, {
      headers: { 'X-Vault-Token': vault.server.rootToken },
      signal: abort.signal,
    });
    await held.waits;
    abort.abort();
    await expect(impatient).rejects.toThrow('aborted');
    // The engine closes its connection to Webex, too.
    await eventually(() => vault.webex.requests.some(({ status }) => status === 0) || undefined);
    vault.webex.behavior.fault = undefined;
    await expect(source().token()).rejects.toBeInstanceOf(ReauthorizationRequired);
  });
});

describe('an error of the source', () => {
  it('the source throws NotAuthorizedYet for a missing credential', async () => {
    await expect(source().token()).rejects.toBeInstanceOf(NotAuthorizedYet);
  });

  it('the source throws AuthorizationPending for a pending credential', async () => {
    // The credential has its own name. The engine keeps asking Webex about it, and would remove a later credential of
    // the same name.
    vault.webex.behavior.fault = { path: '/v1/', status: 400, body: 'rfc6749', error: 'authorization_pending' };
    const device = { server: 'webex-myapp', grant_type: DEVICE_GRANT, device_code: 'device-code' };
    await vault.admin.write('oauthapp/creds/pending', device);
    await expect(source({ credential: 'pending' }).token()).rejects.toBeInstanceOf(AuthorizationPending);
  });

  it('the source throws IntegrationRefused for a wrong client secret, and the correct one restores access without a new consent', async () => {
    Object.assign(vault.webex.behavior, EXPIRED_AT_ONCE);
    await vault.engine.authorize(vault.admin, 'one');
    await vault.engine.writeIntegration(vault.admin, 'another-secret');
    await expect(source().token()).rejects.toBeInstanceOf(IntegrationRefused);
    await vault.engine.writeIntegration(vault.admin);
    Object.assign(vault.webex.behavior, LONG);
    expect(vault.issued).toContain((await source().token()).accessToken);
  });

  it('the source throws NotDeployed for a credential without its integration', async () => {
    Object.assign(vault.webex.behavior, EXPIRED_AT_ONCE);
    await vault.engine.authorize(vault.admin, 'one');
    await vault.admin.delete('oauthapp/servers/webex-myapp');
    await expect(source().token()).rejects.toBeInstanceOf(NotDeployed);
  });

  it('the source returns a valid token whose refresh fails, with a warning', async () => {
    await vault.engine.authorize(vault.admin, 'one');
    vault.webex.behavior.fault = { path: '/v1/access_token', status: 500 };
    await vault.engine.forceRefresh(vault.admin, 'one');
    const warnings: string[] = [];
    const reading = await source({ onWarning: (warning) => warnings.push(warning) }).token();
    expect(vault.issued).toContain(reading.accessToken);
    expect(reading.warnings).not.toEqual([]);
    expect(warnings).toEqual(reading.warnings);
  });
});

it('the source unwraps a secret id on first use, and a second source reports that it may have been taken', async () => {
  await vault.engine.authorize(vault.admin, 'one');
  const { wrappingToken } = await issueSecretId(vault.admin, vault.deployment, 'first', 60);
  const tokens = source({ wrappingToken });
  expect(vault.issued).toContain((await tokens.token()).accessToken);
  const error: unknown = await source({ wrappingToken })
    .token()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WrappingTokenSpentError);
  expect(String(error)).toContain('someone has taken the secret id');
});

it('the source renews its Vault token, logs in again at its maximum lifetime, and revokes the token', async () => {
  const role = 'auth/approle/role/first';
  await vault.admin.write(role, { token_ttl: '10h', token_max_ttl: '15h' });
  await vault.engine.authorize(vault.admin, 'one');
  const accessors = () => vault.admin.list('auth/token/accessors');
  const others = await accessors();
  using timers = new LongTimers();
  const { now } = Date;
  const clock = jest.spyOn(Date, 'now');
  const tokens = source({ now: () => Number.MAX_SAFE_INTEGER });
  const renewals = () => proxy.count('PUT auth/token/renew-self');
  try {
    await tokens.token();
    clock.mockImplementation(() => now() + 7 * HOUR_MS);
    timers.fire();
    await eventually(() => timers.count === 1 || undefined);
    await tokens.token();
    expect([renewals(), proxy.count(LOGIN)]).toEqual([1, 1]);
    // This renewal is the last one, because the expiry does not move.
    timers.fire();
    await eventually(() => renewals() === 2 || undefined);
    await tokens.token();
    expect([timers.count, proxy.count(LOGIN)]).toEqual([0, 1]);
    clock.mockImplementation(() => now() + 18 * HOUR_MS);
    await tokens.token();
    expect([renewals(), proxy.count(LOGIN)]).toEqual([2, 2]);
  } finally {
    clock.mockRestore();
  }
  await tokens[Symbol.asyncDispose]();
  expect(proxy.requests.at(-1)).toBe('PUT auth/token/revoke-self');
  expect((await accessors()).filter((accessor) => !others.includes(accessor)).length).toBeLessThanOrEqual(1);
});

it('the source reads a token again after Webex refuses it, and requests then succeed', async () => {
  await vault.engine.authorize(vault.admin, 'one');
  const tokens = source();
  const webex = new WebexFetch({ tokens, origins: [vault.webex.url] });
  const me = `${vault.webex.apiUrl}/people/me`;
  const first = await tokens.token();
  vault.webex.grants.expireAccessTokens();
  expect((await webex.fetch(me)).status).toBe(401);
  await vault.engine.forceRefresh(vault.admin, 'one');
  expect((await webex.fetch(me)).status).toBe(200);
  expect((await tokens.token()).accessToken).not.toBe(first.accessToken);
});
