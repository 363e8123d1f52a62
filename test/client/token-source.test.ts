import { VaultUnreachableError } from '../../core/src/vault/vault-errors';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultSealed,
} from '../../core/src/vault/credential-errors';
import { ExplainedError } from '../../core/src/explained-error';
import type { AppRoleLoginOptions } from '../../core/src/login/app-role-login';
import { TokenSource, type TokenSourceSettings } from '../../client/src/token-source';
import { eventually } from '../../rehearsal/eventually';
import {
  credentialAnswer,
  loginAnswer,
  LOST,
  refusal,
  ScriptedVault,
  UNWRAPPED_SECRET_ID,
  WRAPPED_SECRET_ID,
  type ScriptedAnswer,
} from '../fixtures/loopback/scripted-vault';
import { disposedAfterEach } from '../fixtures/runs/disposal';
import { useVirtualTime } from '../fixtures/clocks/virtual-time';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const CREDS = 'oauthapp/creds/testauth';
const READ = `GET ${CREDS}`;
const LOGIN = 'PUT auth/approle/login';
const HOUR_MS = 3_600_000;
const FORTNIGHT_MS = 14 * 24 * HOUR_MS;

/* The clock is virtual, because a busy machine could exceed a deadline or a hold-off. */
useVirtualTime();

let vault: ScriptedVault;
let waits: number[];
let now: number;
const keep = disposedAfterEach();

function source(options: Partial<TokenSourceSettings & AppRoleLoginOptions> = {}): TokenSource {
  return keep(
    new TokenSource({
      address: vault.address,
      credential: 'testauth',
      roleId: 'role',
      secretId: 'the-secret-id',
      retry: { wait: (delayMs) => Promise.resolve(void waits.push(delayMs)), random: () => 0.5 },
      now: () => now,
      ...options,
    }),
  );
}

beforeEach(async () => {
  vault = await ScriptedVault.start();
  waits = [];
  now = Date.now();
});

afterEach(() => vault[Symbol.asyncDispose]());

const inMs = (ms: number): Date => new Date(now + ms);

it('the source logs in once and reads once for 1,000 concurrent callers', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
  const tokens = source();
  const readings = await Promise.all(Array.from({ length: 1000 }, () => tokens.token()));
  expect(new Set(readings.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']));
  expect(vault.requests).toEqual([LOGIN, READ]);
});

it('the source keeps the token until shortly before its expiry', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS / 2)), credentialAnswer('token-2', inMs(3 * HOUR_MS)));
  const tokens = source();
  await tokens.token();
  now += HOUR_MS / 2 - 61_000;
  expect((await tokens.token()).accessToken).toBe('token-1');
  now += 2_000;
  expect((await tokens.token()).accessToken).toBe('token-2');
});

it('the source keeps a short-lived token for nine tenths of its life', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(10_000)), credentialAnswer('token-2', inMs(20_000)));
  const tokens = source();
  await tokens.token();
  now += 8_900;
  expect((await tokens.token()).accessToken).toBe('token-1');
  now += 200;
  expect((await tokens.token()).accessToken).toBe('token-2');
});

it.each([
  ['of two weeks', FORTNIGHT_MS],
  ['without expiry', undefined],
])('the source reads a token %s again within an hour, at a random time in each instance', async (_, lifeMs) => {
  for (const [random, afterMs] of [
    [0, 0.9 * HOUR_MS],
    [0.999, 0.9999 * HOUR_MS],
  ] as const) {
    const expireTime = lifeMs === undefined ? undefined : inMs(lifeMs);
    vault.answer(CREDS, credentialAnswer('token-1', expireTime), credentialAnswer('token-2', expireTime));
    const tokens = source({ retry: { random: () => random } });
    await tokens.token();
    now += afterMs - 1000;
    expect((await tokens.token()).accessToken).toBe('token-1');
    now += 2000;
    expect((await tokens.token()).accessToken).toBe('token-2');
  }
});

it.each([
  ['was revoked', [refusal(404)], NotAuthorizedYet],
  [
    'was refused by Webex',
    [refusal(400, 'refresh failed: server rejected request: invalid_grant')],
    ReauthorizationRequired,
  ],
  ['is no longer for this app', [refusal(403, 'permission denied')], NotPermitted],
])('the source notices within an hour that the grant %s, though the token still works', async (_, refusals, type) => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(FORTNIGHT_MS)), ...refusals);
  const tokens = source();
  await tokens.token();
  now += HOUR_MS;
  await expect(tokens.token()).rejects.toBeInstanceOf(type);
  await expect(tokens.token()).rejects.toBeInstanceOf(type);
});

it('the source reads a token that Webex refused again, once for all callers', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)), credentialAnswer('token-2', inMs(HOUR_MS)));
  const tokens = source();
  const refused = await tokens.token();
  const again = await Promise.all(
    Array.from({ length: 20 }, () => {
      tokens.reject(refused);
      return tokens.token();
    }),
  );
  tokens.reject(refused);
  expect(new Set(again.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-2']));
  expect((await tokens.token()).accessToken).toBe('token-2');
  expect(vault.count(READ)).toBe(2);
});

it('the source lets one caller give up while the request of the others continues', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
  const release = vault.hold();
  const tokens = source();
  const abort = new AbortController();
  const impatient = tokens.token({ signal: abort.signal });
  const patient = tokens.token();
  abort.abort(new Error('gave up'));
  await expect(impatient).rejects.toThrow('gave up');
  release();
  expect((await patient).accessToken).toBe('token-1');
  await expect(tokens.token({ signal: abort.signal })).rejects.toThrow('gave up');
});

it('the source passes on warnings of the engine', async () => {
  const warnings: string[] = [];
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS), ['unable to refresh: token-1 and all']));
  const tokens = source({ onWarning: (warning) => warnings.push(warning) });
  await tokens.token();
  expect((await tokens.token()).warnings).toEqual(['unable to refresh: [hidden] and all']);
  expect(warnings).toEqual(['unable to refresh: [hidden] and all']);
});

it('the source hides its secret id and its Vault token if Vault quotes them', async () => {
  const secretId = '6c2f1d3e-5a0b-4f7c-9d8e-0123456789ab';
  const warnings: string[] = [];
  vault.answer('auth/approle/login', refusal(500, `cannot look ${secretId} up`), loginAnswer('the-vault-token'));
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS), ['the-vault-token is old']));
  const options = { secretId, holdOffMs: 0, onWarning: (warning: string) => warnings.push(warning) };
  await expect(source({ ...options, retry: { attempts: 1 } }).token()).rejects.toThrow('cannot look [hidden] up');
  await source(options).token();
  expect(warnings).toEqual(['[hidden] is old']);
});

describe('while something fails', () => {
  it('the source retries with growing waits, then reports the failure to every caller', async () => {
    vault.answer(CREDS, refusal(400, 'token expired'));
    const tokens = source();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => tokens.token()));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    expect(waits).toEqual([125, 250, 500]);
    expect(vault.count(READ)).toBe(4);
  });

  it('the source asks again after the hold-off, and recovers', async () => {
    vault.answer(
      CREDS,
      ...Array<ScriptedAnswer>(4).fill(refusal(400, 'token expired')),
      credentialAnswer('token-1', inMs(HOUR_MS)),
    );
    const tokens = source();
    await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    now += 999;
    await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    now += 1;
    expect((await tokens.token()).accessToken).toBe('token-1');
  });

  it('the source asks again at once after the clock was set back', async () => {
    vault.answer(
      CREDS,
      ...Array<ScriptedAnswer>(4).fill(refusal(400, 'token expired')),
      credentialAnswer('token-1', inMs(HOUR_MS)),
      credentialAnswer('token-2', inMs(HOUR_MS)),
    );
    const tokens = source();
    await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    now -= HOUR_MS;
    expect((await tokens.token()).accessToken).toBe('token-1');
    now -= HOUR_MS;
    expect((await tokens.token()).accessToken).toBe('token-2');
  });

  it('the source waits as long as Vault asks', async () => {
    const limited = { ...refusal(429, 'rate limit'), headers: { 'Retry-After': '7' } };
    vault.answer('auth/approle/login', limited, loginAnswer('s.login'));
    vault.answer(CREDS, limited, credentialAnswer('token-1', inMs(HOUR_MS)));
    await source().token();
    expect(waits).toEqual([7125, 7250]);
  });

  it('the source leaves Vault alone for as long as Vault asks, up to five minutes', async () => {
    const limited = (seconds: string) => ({ ...refusal(429, 'rate limit'), headers: { 'Retry-After': seconds } });
    vault.answer(CREDS, limited('90'), limited('86400'), credentialAnswer('token-1', inMs(HOUR_MS)));
    const tokens = source();
    for (const waitMs of [90_000, 300_000]) {
      await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
      now += waitMs - 1;
      await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
      now += 1;
    }
    expect(vault.count(READ)).toBe(2);
    expect((await tokens.token()).accessToken).toBe('token-1');
  });

  describe('and the token still works', () => {
    let warnings: string[];

    beforeEach(() => (warnings = []));

    async function sourceWithToken(lifeMs: number | undefined, ...later: ScriptedAnswer[]): Promise<TokenSource> {
      const expireTime = lifeMs === undefined ? undefined : inMs(lifeMs);
      vault.answer(CREDS, credentialAnswer('token-1', expireTime), ...later);
      const tokens = source({ onWarning: (warning) => warnings.push(warning) });
      await tokens.token();
      return tokens;
    }

    it.each([
      ['fails', refusal(500, 'no storage')],
      ['is sealed', refusal(503, 'Vault is sealed')],
      ['is busy', refusal(429, 'rate limit')],
      ['is cut off', LOST],
      ['has no engine', refusal(404, 'no handler for route "oauthapp/creds/testauth"')],
      ['is another server', { status: 418, body: [] }],
    ])('the source keeps a working token and warns while Vault %s', async (_, answer) => {
      const tokens = await sourceWithToken(FORTNIGHT_MS, answer);
      for (let hours = 0; hours < 48; hours++) {
        now += HOUR_MS;
        expect((await tokens.token()).accessToken).toBe('token-1');
      }
      expect(warnings[0]).toContain('"testauth" still works, but cannot be read again');
      expect(warnings).toHaveLength(48);
      now += FORTNIGHT_MS;
      await expect(tokens.token()).rejects.toBeInstanceOf(ExplainedError);
    });

    it('the source keeps a working token while Vault refuses the login, which says nothing about the grant', async () => {
      const tokens = await sourceWithToken(FORTNIGHT_MS, refusal(403));
      vault.answer('auth/approle/login', refusal(400, 'invalid role or secret ID'));
      now += HOUR_MS;
      expect((await tokens.token()).accessToken).toBe('token-1');
      expect(warnings).toEqual([expect.stringContaining('have a new secret id issued')]);
    });

    it('the source keeps a working token that has no expiry', async () => {
      const tokens = await sourceWithToken(undefined, refusal(500, 'no storage'));
      now += HOUR_MS;
      expect((await tokens.token()).accessToken).toBe('token-1');
    });

    it('the source returns a working token until it expires, however long Vault asks to be left alone', async () => {
      const limited = { ...refusal(429, 'rate limit'), headers: { 'Retry-After': '300' } };
      const tokens = await sourceWithToken(HOUR_MS / 2, limited);
      now += HOUR_MS / 2 - 30_000;
      expect((await tokens.token()).accessToken).toBe('token-1');
      now += 30_000;
      await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    });

    it('the source tries to replace a working token after growing pauses, up to a minute', async () => {
      const tokens = await sourceWithToken(FORTNIGHT_MS, refusal(503, 'Vault is sealed'));
      now += HOUR_MS;
      const reads = vault.count(READ);
      for (let second = 0; second < 190; second++, now += 1000) {
        await tokens.token();
      }
      // The reads come after 1, 3, 7, 15, 31 and 63 s, then each minute.
      expect(vault.count(READ) - reads).toBe(6 + 3);
    });

    it('the source returns a working token while Vault hangs, and uses the late answer when it comes', async () => {
      const tokens = await sourceWithToken(FORTNIGHT_MS, credentialAnswer('token-2', inMs(FORTNIGHT_MS)));
      now += HOUR_MS;
      const release = vault.hold();
      const patient = tokens.token();
      await eventually(() => vault.count(READ) === 2 || undefined);
      jest.advanceTimersByTime(2000);
      expect((await patient).accessToken).toBe('token-1');
      expect((await tokens.token()).accessToken).toBe('token-1');
      release();
      await eventually(async () => (await tokens.token()).accessToken === 'token-2' || undefined);
      expect(vault.count(READ)).toBe(2);
    });
  });

  it('the source reports that Vault does not answer', async () => {
    const gone = await ScriptedVault.start();
    const { address } = gone;
    await gone[Symbol.asyncDispose]();
    await expect(source({ address }).token()).rejects.toBeInstanceOf(VaultUnreachableError);
    expect(waits).toHaveLength(3);
  });
});

it('the source does not retry if Vault is sealed', async () => {
  vault.answer(CREDS, refusal(503, 'Vault is sealed'));
  await expect(source().token()).rejects.toBeInstanceOf(VaultSealed);
  expect(vault.count(READ)).toBe(1);
});

describe('after a permanent refusal', () => {
  it.each([
    ['no grant', refusal(404), NotAuthorizedYet],
    [
      'a grant that Webex does not renew',
      refusal(400, 'refresh failed: server rejected request: invalid_grant'),
      ReauthorizationRequired,
    ],
    [
      'an integration that Webex refuses',
      refusal(400, 'refresh failed: server rejected request: invalid_client'),
      IntegrationRefused,
    ],
    ['no engine', refusal(404, 'no handler for route'), NotDeployed],
  ])('the source asks for %s after growing pauses, up to a minute', async (_, answer, type) => {
    vault.answer(CREDS, answer);
    const tokens = source();
    for (let second = 0; second < 190; second++, now += 1000) {
      await expect(tokens.token()).rejects.toBeInstanceOf(type);
    }
    expect(vault.count(READ)).toBe(6 + 3);
    vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
    now += 60_000;
    expect((await tokens.token()).accessToken).toBe('token-1');
  });

  it('the source restarts with a short pause after a success', async () => {
    const refused = Array<ScriptedAnswer>(3).fill(refusal(404));
    vault.answer(CREDS, ...refused, credentialAnswer('token-1', inMs(1000)), ...refused);
    const tokens = source();
    for (const pauseMs of [1000, 2000, 4000]) {
      await expect(tokens.token()).rejects.toBeInstanceOf(NotAuthorizedYet);
      now += pauseMs;
    }
    await tokens.token();
    now += 1000;
    await expect(tokens.token()).rejects.toBeInstanceOf(NotAuthorizedYet);
    now += 1000;
    await expect(tokens.token()).rejects.toBeInstanceOf(NotAuthorizedYet);
    expect(vault.count(READ)).toBe(6);
  });

  it('the source asks at once after forget()', async () => {
    vault.answer(CREDS, refusal(404), credentialAnswer('token-1', inMs(HOUR_MS)), refusal(404));
    const tokens = source();
    await expect(tokens.token()).rejects.toBeInstanceOf(NotAuthorizedYet);
    tokens.forget();
    expect((await tokens.token()).accessToken).toBe('token-1');
    tokens.forget();
    await expect(tokens.token()).rejects.toBeInstanceOf(NotAuthorizedYet);
  });
});

it('the source does not repeat a login with a refused secret id, but tries a new one from the file at once', async () => {
  const folder = temporaryFolder();
  const secretIdFile = join(folder, 'secret-id');
  writeFileSync(secretIdFile, 'ended');
  vault.answer('auth/approle/login', refusal(400, 'invalid role or secret ID'), loginAnswer('s.login'));
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
  const tokens = source({ secretId: undefined, secretIdFile });
  for (let tries = 0; tries < 20; tries++) {
    await expect(tokens.token()).rejects.toBeInstanceOf(NotPermitted);
  }
  expect(vault.requests).toEqual([LOGIN]);
  writeFileSync(secretIdFile, 'fresh');
  expect((await tokens.token()).accessToken).toBe('token-1');
});

it('the error of a forbidden login says that the role may be locked out', async () => {
  vault.answer('auth/approle/login', refusal(403, 'permission denied'));
  await expect(source().token()).rejects.toThrow(/locked the role out for some minutes, after refused logins/);
});

it('the source keeps an unwrapped secret id until Vault accepts it', async () => {
  vault.answer('sys/wrapping/lookup', WRAPPED_SECRET_ID, refusal(400, 'wrapping token is not valid'));
  vault.answer('sys/wrapping/unwrap', UNWRAPPED_SECRET_ID);
  vault.answer(
    'auth/approle/login',
    ...Array<ScriptedAnswer>(4).fill(refusal(429, 'slow down')),
    loginAnswer('s.login'),
  );
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
  const tokens = source({ secretId: undefined, wrappingToken: 'w' });
  await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
  now += 1000;
  expect((await tokens.token()).accessToken).toBe('token-1');
  expect(vault.count('PUT sys/wrapping/unwrap')).toBe(1);
});

it('the source does not log in again if the policy forbids a read right after login', async () => {
  vault.answer(CREDS, refusal(403, 'permission denied'));
  await expect(source().token()).rejects.toBeInstanceOf(NotPermitted);
  expect(vault.requests).toEqual([LOGIN, READ]);
});

it('the source logs in again once if Vault no longer knows its Vault token', async () => {
  vault.answer(
    CREDS,
    credentialAnswer('token-1', inMs(1000)),
    refusal(403),
    credentialAnswer('token-2', inMs(HOUR_MS)),
  );
  const tokens = source();
  await tokens.token();
  now += 1000;
  expect((await tokens.token()).accessToken).toBe('token-2');
  const asked = vault.requests.filter((request) => request !== 'PUT auth/token/revoke-self');
  expect(asked).toEqual([LOGIN, READ, READ, LOGIN, READ]);
});

it('the source rarely logs in again while Vault keeps refusing the read, and leaves no Vault token behind', async () => {
  vault.answer(CREDS, refusal(403, 'permission denied'));
  vault.answer('auth/token/revoke-self', { status: 204, body: {} });
  const tokens = source();
  for (let second = 0; second < 3600; second += 5, now += 5000) {
    await expect(tokens.token()).rejects.toBeInstanceOf(NotPermitted);
  }
  const logins = vault.count(LOGIN);
  // The logins: the first one, one after the first refusal, then after 15 s, 1, 4 and 16 min, and then every 16 min.
  expect(logins).toBeLessThanOrEqual(8);
  await tokens[Symbol.asyncDispose]();
  expect(vault.count('PUT auth/token/revoke-self')).toBe(logins);
});

it('the source logs in again at once if the previous login helped', async () => {
  const answers = [1, 2, 3].flatMap((n) => [credentialAnswer(`token-${n}`, inMs(1000 * n)), refusal(403)]);
  vault.answer(CREDS, ...answers);
  const tokens = source();
  for (const token of ['token-1', 'token-2', 'token-3']) {
    expect((await tokens.token()).accessToken).toBe(token);
    now += 1000;
  }
  expect(vault.count(LOGIN)).toBe(3);
});

it('the source keeps its Vault token if a new login fails', async () => {
  const expired = credentialAnswer('token-1', inMs(1000));
  vault.answer(CREDS, expired, refusal(403), credentialAnswer('token-2', inMs(HOUR_MS)));
  vault.answer('auth/approle/login', loginAnswer('s.login'), refusal(400, 'invalid secret id'));
  const tokens = source();
  await tokens.token();
  now += 1000;
  await expect(tokens.token()).rejects.toThrow('have a new secret id issued');
  now += 1000;
  expect((await tokens.token()).accessToken).toBe('token-2');
  expect(vault.count(LOGIN)).toBe(2);
});

it('the source revokes its Vault token when it is closed', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
  vault.answer('auth/token/revoke-self', { status: 204, body: {} });
  const tokens = source();
  await tokens.token();
  await tokens[Symbol.asyncDispose]();
  expect(vault.requests.at(-1)).toBe('PUT auth/token/revoke-self');
  await expect(tokens.token()).rejects.toThrow('closed');
});

it('the source revokes its Vault token after a pending read has finished', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(1000)), credentialAnswer('token-2', inMs(HOUR_MS)));
  const tokens = source({ closeTimeoutMs: 10_000 });
  await tokens.token();
  now += 1000;
  const release = vault.hold();
  const waiting = tokens.token();
  await eventually(() => vault.count(READ) === 2 || undefined);
  const closing = tokens[Symbol.asyncDispose]();
  release();
  expect((await waiting).accessToken).toBe('token-2');
  await closing;
  expect(vault.requests.at(-1)).toBe('PUT auth/token/revoke-self');
});

it('the source stops waiting for a hanging Vault when it is closed', async () => {
  const release = vault.hold();
  const tokens = source({ closeTimeoutMs: 50, retry: {} });
  const waiting = expect(tokens.token()).rejects.toThrow('closed');
  await eventually(() => vault.count(LOGIN) === 1 || undefined);
  const closing = tokens[Symbol.asyncDispose]();
  jest.advanceTimersByTime(50);
  await Promise.all([waiting, closing]);
  release();
});

it('the source revokes its Vault token even if it is closed during the login', async () => {
  vault.answer(CREDS, credentialAnswer('token-1', inMs(HOUR_MS)));
  const release = vault.hold();
  const tokens = source();
  const waiting = tokens.token().catch(() => undefined);
  const closing = tokens[Symbol.asyncDispose]();
  release();
  await Promise.all([waiting, closing]);
  expect(vault.requests.at(-1)).toBe('PUT auth/token/revoke-self');
});

it('the source shows no secret, however it is printed', async () => {
  vault.answer('auth/approle/login', loginAnswer('s.vault-token-value'));
  vault.answer(
    CREDS,
    credentialAnswer('webex-token-value', inMs(HOUR_MS)),
    refusal(400, 'token expired: webex-token-value'),
  );
  const tokens = source();
  const reading = await tokens.token();
  now += HOUR_MS;
  const error: unknown = await tokens.token().catch((thrown: unknown) => thrown);
  const printed = [tokens, reading, error].flatMap((value) => [
    String(value),
    inspect(value, { depth: 9, showHidden: true }),
    JSON.stringify(value),
    JSON.stringify(Object.entries(value as object)),
  ]);
  expect(reading.accessToken).toBe('webex-token-value');
  expect(printed.join('\n')).not.toMatch(/vault-token-value|the-secret-id/);
  expect(printed.join('\n')).not.toContain('webex-token-value');
});

it('the constructor requires exactly one source of the secret id', () => {
  expect(() => source({ secretIdFile: '/run/secret-id' })).toThrow('exactly one of secretId');
});
