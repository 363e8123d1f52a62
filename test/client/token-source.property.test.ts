import fc from 'fast-check';
import {
  AuthorizationPending,
  ExplainedError,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  TokenSource,
  VaultSealed,
  VaultUnreachableError,
  WrappingTokenForgedError,
  WrappingTokenSpentError,
  type LoginIdentity,
} from '../../client/src/index';
import { anyUrl, inOrder } from '../fixtures/arbitrary/any-reply';
import { MemoryNetwork, type RawReply } from '../fixtures/loopback/memory-network';
import { property } from '../fixtures/arbitrary/property';
import { expectHidden, fieldIn } from '../fixtures/results/shown';
import { vaultReply } from '../fixtures/arbitrary/vault-replies';
import { outcomeOf, useVirtualTime } from '../fixtures/clocks/virtual-time';

/* Any replies in place of Vault's. The source gives a token of a reply, or an error that tells the next step. */

const ADDRESS = 'http://vault.test:8200';
const LEADER = 'http://leader.test:8200';
const WRAPPING_TOKEN = 'the-token-of-the-wrapping';
const JWT = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.the-signature`;
const SECRET_ID = '6c2f1d3e-5a0b-4f7c-9d8e-0123456789ab';
const VAULT_TOKEN = 'the-token-of-the-login';
const ACCESS_TOKEN = 'the-access-token';
const HOUR_MS = 3_600_000;

const DOCUMENTED = [
  WrappingTokenSpentError,
  WrappingTokenForgedError,
  NotAuthorizedYet,
  AuthorizationPending,
  ReauthorizationRequired,
  IntegrationRefused,
  TemporarilyUnavailable,
  NotPermitted,
  NotDeployed,
  VaultSealed,
  VaultUnreachableError,
  ExplainedError,
];

const login = {
  auth: { client_token: VAULT_TOKEN, lease_duration: 1200, renewable: true, metadata: { role_name: 'people-me' } },
};
const credential = {
  data: { server: 'webex-myapp', access_token: ACCESS_TOKEN, type: 'Bearer', expire_time: '2099-01-01T00:00:00Z' },
  warnings: ['the last refresh failed'],
};
const locations = fc.oneof(
  fc
    .constantFrom(ADDRESS, LEADER, 'http://evil.test', 'https://leader.test:8200', '//evil.test', '')
    .map((origin) => `${origin}/v1/oauthapp/creds/testauth`),
  anyUrl,
);

const IDENTITIES: readonly LoginIdentity[] = [
  { roleId: 'the-role-id', secretId: SECRET_ID },
  { roleId: 'the-role-id', wrappingToken: WRAPPING_TOKEN },
  { jwt: { role: 'people-me', token: () => JWT } },
];

const wrapping = [{ data: { creation_path: 'auth/approle/role/people-me/secret-id' } }];
const unwrapped = [{ data: { secret_id: SECRET_ID } }];

const exchange = fc.record({
  identity: fc.constantFrom(...IDENTITIES),
  lookups: fc.array(vaultReply(wrapping, locations), { minLength: 1, maxLength: 2 }),
  unwrappings: fc.array(vaultReply(unwrapped, locations), { minLength: 1, maxLength: 2 }),
  logins: fc.array(vaultReply([login], locations), { minLength: 1, maxLength: 3 }),
  readings: fc.array(vaultReply([credential], locations), { minLength: 1, maxLength: 4 }),
  leaders: fc.array(vaultReply([{ leader_address: LEADER }, { leader_address: ADDRESS }]), {
    minLength: 1,
    maxLength: 2,
  }),
});

/** Longest duration of a request: its head, and each of its parts. */
const HEAD_MS = 10_000;
const LONGEST_REQUEST_MS = HEAD_MS + 6 * 30_000;

/** Four attempts to log in, read, and log in again after a refusal, each redirected to a leader. */
const MOST_REQUESTS = 4 * 6 * 3;

useVirtualTime();

property(
  'TokenSource gives a token of a reply, or a documented error that shows no secret',
  exchange,
  async (given) => {
    const replies = {
      login: inOrder(given.logins),
      creds: inOrder(given.readings),
      lookup: inOrder(given.lookups),
      unwrap: inOrder(given.unwrappings),
      leader: inOrder(given.leaders),
    };
    const secrets = [SECRET_ID, VAULT_TOKEN, WRAPPING_TOKEN, JWT, ACCESS_TOKEN];
    const replied: { readonly path: string; readonly body: string }[] = [];
    using network = new MemoryNetwork((asked) => {
      const kind = /\/(login|creds|lookup|unwrap)\b/.exec(asked.path)?.[1] as keyof typeof replies | undefined;
      const reply = replies[kind ?? 'leader']();
      const sent = secrets.filter((secret) => asked.text.includes(secret));
      replied.push({ path: asked.path, body: reply.bodyTo(sent) });
      return reply.to(sent);
    });
    const warnings: string[] = [];
    const source = new TokenSource({
      ...given.identity,
      address: ADDRESS,
      allowHttp: true,
      credential: 'testauth',
      timeoutMs: HEAD_MS,
      retry: { random: () => 0, wait: () => Promise.resolve() },
      onWarning: (warning) => warnings.push(warning),
    });

    const { value, error, elapsedMs } = await outcomeOf(() => source.token());

    if (value !== undefined) {
      expect(replied.map(({ body }) => fieldIn(body, 'access_token'))).toContain(value.accessToken);
      expect(Object.values(value)).not.toContain(value.accessToken);
    } else {
      expect(DOCUMENTED).toContain((error as Error).constructor);
      expect((error as Error).message).not.toMatch(/[\r\n]/);
    }
    expectHidden(secrets, [error, warnings, source]);
    const leaders = replied.map(({ body }) => originOf(fieldIn(body, 'leader_address')));
    for (const { origin } of network.elsewhere(ADDRESS)) {
      expect(leaders).toContain(origin);
    }
    expect(network.asked.length).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(elapsedMs).toBeLessThanOrEqual(MOST_REQUESTS * LONGEST_REQUEST_MS);

    await outcomeOf(() => source[Symbol.asyncDispose]());
    jest.clearAllTimers();
  },
);

/** Vault's behavior at a read: it serves the grant, has none, or does not answer. */
type Behavior = 'serves' | 'has none' | 'is sealed' | 'fails' | 'hangs up';

const steps = fc.array(
  fc.record({
    // The clock may be set back.
    passesMs: fc.oneof(
      fc.nat(2_000),
      fc.nat(HOUR_MS * 3),
      fc.nat(HOUR_MS * 3).map((ms) => -ms),
    ),
    behavior: fc.constantFrom<Behavior>('serves', 'serves', 'has none', 'is sealed', 'fails', 'hangs up'),
    isReplaced: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);
const lives = fc.constantFrom(60_000, HOUR_MS / 2, 14 * 24 * HOUR_MS);

property(
  'TokenSource notices a change of the grant within an hour, and keeps a working token while Vault is down',
  fc.record({ lifeMs: lives, steps }),
  async ({ lifeMs, steps }) => {
    let now = Date.now();
    let behavior: Behavior = 'serves';
    let served = { token: 'token-0', expiresAt: now + lifeMs };
    const contacts: { readonly at: number; readonly behavior: Behavior; readonly served: typeof served }[] = [];
    using network = new MemoryNetwork(({ path }) => {
      if (!path.includes('/creds/')) {
        return httpReply(200, login);
      }
      contacts.push({ at: now, behavior, served });
      return REPLIES[behavior](served);
    });
    const source = new TokenSource({
      address: ADDRESS,
      allowHttp: true,
      credential: 'testauth',
      roleId: 'the-role-id',
      secretId: SECRET_ID,
      retry: { random: () => 0.5, wait: () => Promise.resolve() },
      now: () => now,
    });
    let held: { readonly token: string; readonly expiresAt: number; readonly readAt: number } | undefined;
    for (const [index, step] of steps.entries()) {
      now += step.passesMs;
      behavior = step.behavior;
      if (step.isReplaced || now >= served.expiresAt) {
        served = { token: `token-${index + 1}`, expiresAt: now + lifeMs };
      }
      const before = contacts.length;

      const { value } = await outcomeOf(() => source.token());

      for (const contact of contacts.slice(before)) {
        if (contact.behavior === 'serves') {
          held = { ...contact.served, readAt: now };
        } else if (contact.behavior === 'has none') {
          held = undefined;
        }
      }
      const failure = contacts.findLast((each) => each.behavior !== 'serves');
      const isPaused = failure !== undefined && failure.at <= now && now - failure.at <= 60_000;
      if (value === undefined) {
        expect(behavior !== 'serves' || isPaused).toBe(true);
        expect(held === undefined || now >= held.expiresAt).toBe(true);
        held = undefined;
        continue;
      }
      expect(value.accessToken).toBe(held?.token);
      expect(now).toBeLessThan(held?.expiresAt ?? 0);
      const readAt = held?.readAt ?? 0;
      const isAway = behavior !== 'serves' && behavior !== 'has none';
      const isFresh = readAt <= now && now - readAt <= HOUR_MS;
      expect(isFresh || isAway || isPaused).toBe(true);
    }
    expect(network.elsewhere(ADDRESS)).toEqual([]);
    await outcomeOf(() => source[Symbol.asyncDispose]());
    jest.clearAllTimers();
  },
);

const REPLIES: Readonly<Record<Behavior, (served: { token: string; expiresAt: number }) => RawReply>> = {
  serves: ({ token, expiresAt }) =>
    httpReply(200, {
      data: { server: 'webex-myapp', access_token: token, type: 'Bearer', expire_time: new Date(expiresAt) },
    }),
  'has none': () => httpReply(404, { errors: [] }),
  'is sealed': () => httpReply(503, { errors: ['Vault is sealed'] }),
  fails: () => httpReply(500, { errors: ['no storage'] }),
  'hangs up': () => ({ bytes: Buffer.alloc(0), parts: 1, pauseMs: 0, ending: 'reset' }),
};

function httpReply(status: number, body: object): RawReply {
  const text = JSON.stringify(body);
  const bytes = Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
  return { bytes, parts: 1, pauseMs: 0, ending: 'hang' };
}

function originOf(address: unknown): string | undefined {
  return typeof address === 'string' && URL.canParse(address) ? new URL(address).origin : undefined;
}
