import { setTimeout as sleep } from 'node:timers/promises';
import {
  AuthorizationPending,
  IntegrationRefused,
  NotAuthorizedYet,
  readCredential,
  TemporarilyUnavailable,
} from '#core';
import { AccountNotChecked, WrongAccount } from '../../../../lib/grants/consent/account';
import { authorizeByDevice } from '../../../../lib/grants/consent/ways/device-consent';
import { GrantKept } from '../../../../lib/grants/consent/grant-keeping';
import type { ImportOptions } from '../../../../lib/grants/consent/ways/prepared-import';
import { authorizeByPkce } from '../../../../lib/grants/consent/ways/pkce-grant';
import { importGrant } from '../../../../lib/grants/consent/ways/token-import';
import type { Grant } from '../../../../lib/grants/consent/grant';
import { ClientRefused, DeviceGrantDenied, DeviceGrantExpired, GrantRefused } from '../../../../lib/webex/grant-errors';
import { consentRecordSchema } from '../../../../lib/vault/records/consent-record';
import { Records } from '../../../../lib/vault/records/record-store';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { DEVICE_GRANT_TYPE } from '../../../../rehearsal/webex/endpoints/device-endpoints';
import type { Behavior } from '../../../../rehearsal/webex/behavior';
import { eventually } from '../../../../rehearsal/eventually';
import { LossyProxy } from '../../../fixtures/loopback/lossy-proxy';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Grants that are got in the command: looked at there, and kept by the engine then. */

const ADA = 'ada.admin@example.com';
const BLAKE = 'blake.backup@example.com';
const integration = 'webex-myapp';
const NAMES = ['anybody', 'owned', 'blind'];

let fixture: WrittenVault;
let lossy: LossyProxy;
let vault: VaultClient;
let usual: Behavior;

/** All that a person was shown. */
let shown: string[];
/** What the browser was sent to. */
let visited: URL | undefined;

beforeAll(async () => {
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'anybody', integration, scopes: ['spark:people_read'] },
      { name: 'owned', integration, scopes: ['spark:people_read', 'spark:rooms_read'], owner: ADA },
      { name: 'blind', integration, scopes: ['analytics:read_all'] },
    ],
    apps: [],
  });
  lossy = await LossyProxy.start(fixture.server.address);
  vault = new VaultClient({ address: lossy.address, token: await fixture.operatorToken('authorizer') });
  usual = { ...fixture.webex.behavior, deviceIntervalSeconds: 0.1 };
});

afterAll(async () => {
  await lossy[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

beforeEach(async () => {
  shown = [];
  visited = undefined;
  lossy.lose = () => undefined;
  fixture.webex.behavior = { ...usual };
  fixture.webex.requests.length = 0;
  await Promise.all(NAMES.map((name) => fixture.admin.delete(`oauthapp/creds/${name}`)));
});

afterEach(() => {
  const text = shown.join('\n');
  expect([...fixture.issued, fixture.clientSecret].filter((secret) => text.includes(secret))).toEqual([]);
});

interface Given extends Partial<ImportOptions> {
  /** Who consents, or consented. */
  readonly as?: string;
  readonly decision?: 'accept' | 'deny';
  readonly secret?: string;
  /** What happens once all was looked at, and before anything is got. */
  readonly meanwhile?: () => void | Promise<void>;
}

type Way = 'pkce' | 'device' | 'import';

async function run(way: Way, credentialName: string, given: Given = {}): Promise<Grant> {
  const { as = ADA, decision = 'accept', secret = fixture.clientSecret, meanwhile, ...more } = given;
  const options = {
    vault,
    deployment: fixture.deployment,
    credentialName,
    clientSecret: () => Promise.resolve(secret),
    onNotice: (line: string) => shown.push(line),
    lostAnswerMs: 200,
    retryPeriod: { baseDelayMs: 1, maxDelayMs: 1 },
    ...more,
  };
  const started = {
    pkce: () =>
      authorizeByPkce({
        ...options,
        onUrl: async (url) => {
          visited = new URL(url);
          const redirect = await fixture.webex.consent(url, { as, decision });
          await meanwhile?.();
          shown.push(await (await fetch(redirect)).text());
        },
      }),
    device: () =>
      authorizeByDevice({
        ...options,
        onCode: async ({ grant, ...asked }) => {
          shown.push(JSON.stringify({ grant, ...asked }));
          await meanwhile?.();
          await fixture.webex.confirmDevice(grant.userCode, { as, decision });
        },
      }),
    import: () => {
      const { scopes = [] } = fixture.deployment.credentials.find(({ name }) => name === credentialName) ?? {};
      const refreshToken = async (): Promise<string> => {
        await meanwhile?.();
        return existingToken(as, scopes);
      };
      return importGrant({ ...options, refreshToken });
    },
  };
  return started[way]().catch((error: unknown) => {
    shown.push(String(error));
    throw error;
  });
}

/** A refresh token that somebody got elsewhere. */
function existingToken(as: string, scopes: readonly string[], ttlSeconds = 7_000_000): string {
  const { grants, clients, users } = fixture.webex;
  const [client] = clients;
  const user = users.find(({ email }) => email === as);
  if (client === undefined || user === undefined) {
    throw new Error(`the simulator knows no ${as}`);
  }
  return grants.issueToken('refresh', grants.add({ client, user, scopes }), ttlSeconds).value;
}

function tokenOf(name: string): Promise<string> {
  return readCredential(fixture.admin.connection, 'oauthapp', name).then(({ accessToken }) => accessToken);
}

async function accountOf(name: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${await tokenOf(name)}` };
  return (await fetch(`${fixture.webex.apiUrl}/people/me`, { headers })).json();
}

function peopleRequests(): number {
  return fixture.webex.requests.filter(({ path }) => path === '/v1/people/me').length;
}

async function expectAbsent(name: string): Promise<void> {
  await expect(tokenOf(name)).rejects.toBeInstanceOf(NotAuthorizedYet);
}

describe.each<Way>(['pkce', 'device', 'import'])('a grant by %s', (way) => {
  it("the engine keeps and refreshes a grant that a token with only the authorizer's policy stored", async () => {
    const grant = await run(way, 'owned');
    expect(grant.person).toMatchObject({ displayName: 'Ada Admin', emails: [ADA] });
    expect(grant).toMatchObject({ credential: 'owned', warnings: [] });
    expect(fixture.issued).toContain(await tokenOf('owned'));
    await fixture.engine.forceRefresh(fixture.admin, 'owned');
    expect(fixture.engine.refreshes.at(-1)).toBe(200);
    expect(await fixture.engine.isAccepted(await tokenOf('owned'))).toBe(true);
  });

  it('the engine keeps a grant if Webex rotates refresh tokens, and the consent record has their lifetime', async () => {
    fixture.webex.behavior.refresh = 'rotate';
    fixture.webex.behavior.refreshTokenTtlSeconds = 5_000_000;
    await run(way, 'anybody');
    await fixture.engine.forceRefresh(fixture.admin, 'anybody');
    expect(await fixture.engine.isAccepted(await tokenOf('anybody'))).toBe(true);
    const { value } = await new Records(fixture.admin, 'oauthapp-records').read(
      'consents/anybody',
      consentRecordSchema,
    );
    expect(value).toMatchObject({
      by: { email: ADA },
      refreshTokenTtlSeconds: expect.closeTo(5_000_000, -1) as number,
    });
  });

  it('a grant of another account is not stored', async () => {
    const failed = run(way, 'owned', { as: BLAKE });
    await expect(failed).rejects.toBeInstanceOf(WrongAccount);
    await expect(failed).rejects.toThrow(
      /^blake\S+ (?:consented|is whose refresh token that is), but "owned" belongs to ada.*; nothing was stored; /,
    );
    await expectAbsent('owned');
    expect(fixture.engine.refreshes.filter((status) => status === 200)).toHaveLength(way === 'import' ? 1 : 0);
  });

  it('a credential without an owner accepts any account, or none if its scopes do not tell the account', async () => {
    expect((await run(way, 'anybody', { as: BLAKE })).person?.emails).toEqual([BLAKE]);
    expect((await run(way, 'blind')).person).toBeUndefined();
    expect(shown).toContain('Webex does not say whose account "blind" is: its scopes do not let it.');
  });

  it('a working credential is authorized again only with --replace', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    await expect(run(way, 'owned')).rejects.toThrow(
      new RegExp(
        `^credential "owned" works already .*npx --no-install webex-token-vault authorize owned --${way} --replace$`,
      ),
    );
    const before = await tokenOf('owned');
    await run(way, 'owned', { replace: true });
    expect(await tokenOf('owned')).not.toBe(before);
  });

  it('the new grant does not replace one that somebody else authorized in the meantime', async () => {
    const meanwhile = (): Promise<void> => fixture.engine.authorize(fixture.admin, 'anybody', { as: ADA });
    const failed = run(way, 'anybody', { as: BLAKE, meanwhile });
    await expect(failed).rejects.toThrow(/^credential "anybody" works already/);
    expect(await accountOf('anybody')).toMatchObject({ emails: [ADA] });
  });

  it('a replacement survives an outage of Webex that lasts longer than a few seconds', async () => {
    fixture.webex.behavior.refresh = 'rotate';
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const before = await tokenOf('owned');
    const meanwhile = (): void => {
      fixture.webex.behavior.fault = { path: '/v1/people', status: 503, count: 20 };
    };
    expect((await run(way, 'owned', { replace: true, meanwhile })).person?.emails).toEqual([ADA]);
    expect(await tokenOf('owned')).not.toBe(before);
    expect(shown.filter((line) => line.includes('exist only in this process'))).toEqual([
      expect.stringMatching(
        /^"owned" is as it was, since .*Webex answered 503.* tries again for up to 15 minutes; do not end it$/,
      ),
    ]);
  });

  it('a new grant survives an outage of Vault that lasts longer than a few seconds', async () => {
    fixture.webex.behavior.refresh = 'rotate';
    let losses = 0;
    const meanwhile = (): void => {
      lossy.lose = (request) => (/oauthapp\/creds\/owned$/.test(request) && losses++ < 20 ? 'request' : undefined);
    };
    expect((await run(way, 'owned', { meanwhile })).person?.emails).toEqual([ADA]);
    expect(losses).toBeGreaterThan(20);
    expect(await fixture.engine.isAccepted(await tokenOf('owned'))).toBe(true);
  });

  it('the engine keeps a first grant whose account could not be checked, and the error says how to look', async () => {
    const meanwhile = (): void => {
      fixture.webex.behavior.fault = { path: '/v1/people', status: 503 };
    };
    const failed = run(way, 'owned', { meanwhile });
    await expect(failed).rejects.toBeInstanceOf(AccountNotChecked);
    await expect(failed).rejects.toThrow(
      /^"owned" is authorized, but whose account consented could not be checked \(Webex answered 503.*\); look at it .*revoke owned$/,
    );
    fixture.webex.behavior.fault = undefined;
    expect(await accountOf('owned')).toMatchObject({ emails: [ADA] });
  });

  it('a replacement gives up after a signal and one more try', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const before = await tokenOf('owned');
    const stop = new AbortController();
    let asked = 0;
    const meanwhile = (): void => {
      fixture.webex.behavior.fault = { path: '/v1/people', status: 503 };
    };
    const onNotice = (line: string): void => {
      shown.push(line);
      if (line.includes('exist only in this process')) {
        asked = peopleRequests();
        stop.abort(new Error('interrupted'));
      }
    };
    const failed = run(way, 'owned', { replace: true, meanwhile, onNotice, signal: stop.signal });
    await expect(failed).rejects.toThrow(/^"owned" is as it was, since whose account it is could not be seen: /);
    expect(peopleRequests()).toBe(asked + 1);
    expect(await tokenOf('owned')).toBe(before);
  });

  it('a replacement is not reported as stored if the previous grant could not be read', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const before = await tokenOf('owned');
    const meanwhile = (): void => {
      let reads = 0;
      lossy.lose = (request) => {
        reads += request === 'GET oauthapp/creds/owned' ? 1 : 0;
        return request === 'PUT oauthapp/creds/owned' || reads <= 4 ? 'request' : undefined;
      };
    };
    const retryPeriod = { attempts: 4, baseDelayMs: 1 };
    await expect(run(way, 'owned', { replace: true, retryPeriod, meanwhile })).rejects.toThrow(
      /no answer from Vault|answer .* was lost/,
    );
    expect(await tokenOf('owned')).toBe(before);
  });

  it('a grant of another account leaves the working credential unchanged', async () => {
    await fixture.engine.authorize(fixture.admin, 'anybody', { as: ADA });
    const before = await tokenOf('anybody');
    const failed = run(way, 'anybody', { as: BLAKE, replace: true });
    await expect(failed).rejects.toThrow(/^blake.*, but "anybody" belongs to ada.*; "anybody" is as it was; /);
    expect(await tokenOf('anybody')).toBe(before);
    expect(await fixture.engine.isAccepted(before)).toBe(true);
  });

  it('a wrong client secret is refused before Webex is asked for a grant', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const before = await tokenOf('owned');
    const failed = run(way, 'owned', { replace: true, secret: 'of-another-integration' });
    await expect(failed).rejects.toBeInstanceOf(ClientRefused);
    await expect(failed).rejects.toThrow(/^Webex does not take the client secret .*; no grant is to blame/);
    expect(shown).toHaveLength(1);
    expect(await tokenOf('owned')).toBe(before);
  });

  it('the error names the variable of the client secret if the engine has a wrong one', async () => {
    await fixture.engine.writeIntegration(fixture.admin, 'a-wrong-one');
    try {
      const failed = run(way, 'owned');
      await expect(failed).rejects.toBeInstanceOf(IntegrationRefused);
      await expect(failed).rejects.toThrow(/TF_VAR_webex_myapp_client_secret/);
    } finally {
      await fixture.engine.writeIntegration(fixture.admin);
    }
    await expectAbsent('owned');
  });

  it.each(['people', 'access_token'])('a grant is stored although Webex fails for a moment at %s', async (path) => {
    const meanwhile = (): void => {
      fixture.webex.behavior.fault = { path: `/v1/${path}`, status: 503, count: 1, when: 'before' };
    };
    // The command itself presents a code or a refresh token once, whatever becomes of it.
    if (path === 'access_token' && way !== 'device') {
      await expect(run(way, 'owned', { meanwhile })).rejects.toThrow(/503/);
    } else {
      await run(way, 'owned', { meanwhile });
      expect(await fixture.engine.isAccepted(await tokenOf('owned'))).toBe(true);
    }
  });

  it.each(['answer', 'request'] as const)('a grant is stored once if the %s to Vault was lost', async (loss) => {
    fixture.webex.behavior.refresh = 'rotate';
    let losses = 0;
    const meanwhile = (): void => {
      lossy.lose = (request) => (request === 'PUT oauthapp/creds/owned' && losses++ === 0 ? loss : undefined);
    };
    await run(way, 'owned', { meanwhile });
    expect(losses).toBeGreaterThan(0);
    await fixture.engine.forceRefresh(fixture.admin, 'owned');
    expect(await fixture.engine.isAccepted(await tokenOf('owned'))).toBe(true);
  });

  it('an error says that the new grant may be stored if Vault disappears during the write', async () => {
    let isLost = false;
    lossy.lose = (request) => {
      isLost ||= request === 'PUT oauthapp/creds/owned';
      return isLost ? 'answer' : undefined;
    };
    const failed = run(way, 'owned', { retryPeriod: { attempts: 4, baseDelayMs: 1 } });
    await expect(failed).rejects.toBeInstanceOf(GrantKept);
    await expect(failed).rejects.toThrow(
      /^Vault's answer to the refresh token was lost .* "owned" may hold the new grant, .*status --verify$/,
    );
  });

  it('a previous grant that was refreshed in the meantime is not mistaken for the new grant', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const meanwhile = async (): Promise<void> => {
      await fixture.engine.forceRefresh(fixture.admin, 'owned');
      lossy.lose = (request) => (request === 'PUT oauthapp/creds/owned' ? 'request' : undefined);
    };
    const retryPeriod = { attempts: 4, baseDelayMs: 1 };
    const failed = run(way, 'owned', { replace: true, retryPeriod, meanwhile });
    await expect(failed).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(failed).rejects.toThrow(/no new grant came of it within 0\.2 s; nothing was changed/);
  });

  it('a grant is not requested while the engine waits for a consent of its own', async () => {
    const pending = { server: integration, grant_type: DEVICE_GRANT_TYPE, device_code: 'shown-to-somebody' };
    fixture.webex.behavior.fault = { path: '/v1/access_token', status: 400, error: 'authorization_pending' };
    await fixture.admin.write('oauthapp/creds/anybody', pending);
    await expect(run(way, 'anybody')).rejects.toBeInstanceOf(AuthorizationPending);
    fixture.webex.behavior.fault = { path: '/v1/access_token', status: 400, error: 'expired_token' };
    await eventually(() => tokenOf('anybody').catch((error: unknown) => /not given/.test(String(error)) || undefined));
  });

  it('a signal ends the command and leaves the credential unchanged', async () => {
    const stop = new AbortController();
    const meanwhile = (): void => stop.abort(new Error('interrupted'));
    await expect(run(way, 'anybody', { signal: stop.signal, meanwhile })).rejects.toThrow('interrupted');
    await expectAbsent('anybody');
  });
});

describe('a grant by pkce', () => {
  it('the PKCE request has an owner hint and a challenge from 32 random bytes', async () => {
    await run('pkce', 'owned');
    const asked = Object.fromEntries(visited?.searchParams ?? []);
    expect(asked).toEqual({
      response_type: 'code',
      client_id: 'rehearsal-webex-myapp',
      redirect_uri: fixture.engine.redirectUrl,
      scope: 'spark:people_read spark:rooms_read',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
      login_hint: ADA,
    });
    await run('pkce', 'anybody');
    expect(visited?.searchParams.get('code_challenge')).not.toBe(asked.code_challenge);
  });

  it('a denied consent or an expired code changes nothing', async () => {
    await expect(run('pkce', 'owned', { decision: 'deny' })).rejects.toThrow(/consent was denied at Webex/);
    fixture.webex.behavior.codeTtlSeconds = 0;
    await expect(run('pkce', 'owned')).rejects.toBeInstanceOf(GrantRefused);
    await expectAbsent('owned');
    expect(shown.join('\n')).toContain('Not authorized');
  });
});

describe('a grant by device', () => {
  it('the device prompt shows the user code and never the device code', async () => {
    await run('device', 'owned');
    const asked: unknown = JSON.parse(shown[0] ?? '');
    expect(asked).toMatchObject({
      credential: 'owned',
      integration,
      email: ADA,
      grant: {
        userCode: expect.stringMatching(/^\d{6}$/) as string,
        verificationUri: `${fixture.webex.url}/verify`,
        expiresAt: expect.stringMatching(/^20/) as string,
      },
    });
  });

  it('polling goes on through status 400, 428 and 502, and waits as long as 429 says', async () => {
    fixture.webex.behavior.devicePending = 400;
    const meanwhile = async (): Promise<void> => {
      fixture.webex.behavior.fault = [
        { path: '/v1/device/token', status: 429, retryAfterSeconds: 1, count: 1 },
        { path: '/v1/device/token', status: 502, count: 1 },
      ];
      await Promise.resolve();
    };
    const began = Date.now();
    expect((await run('device', 'owned', { meanwhile })).person?.emails).toEqual([ADA]);
    expect(Date.now() - began).toBeGreaterThan(1000);
    const asked = fixture.webex.requests.filter(({ path }) => path === '/v1/device/token').map(({ status }) => status);
    expect(asked).toEqual([429, 502, 200]);
  });

  it('a denied device grant leaves the working credential unchanged', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const before = await tokenOf('owned');
    await expect(run('device', 'owned', { replace: true, decision: 'deny' })).rejects.toBeInstanceOf(DeviceGrantDenied);
    expect(await tokenOf('owned')).toBe(before);
  });

  it('the device grant ends if its code expires', async () => {
    fixture.webex.behavior.deviceCodeTtlSeconds = 1;
    const meanwhile = () => sleep(1100);
    const late = run('device', 'owned', { meanwhile });
    await expect(late).rejects.toThrow(/No device waits with this code/);
    const nobody = authorizeByDevice({
      vault,
      deployment: fixture.deployment,
      credentialName: 'owned',
      clientSecret: () => Promise.resolve(fixture.clientSecret),
      onCode: () => undefined,
    });
    await expect(nobody).rejects.toBeInstanceOf(DeviceGrantExpired);
    await expect(nobody).rejects.toThrow(/nothing was changed: begin again with a new code/);
    await expectAbsent('owned');
  });

  it('one line names the redirect URLs that the integration lacks', async () => {
    const [client] = fixture.webex.clients;
    const registered = client?.redirectUrls ?? [];
    const removed = registered.splice(1);
    try {
      await expect(run('device', 'owned')).rejects.toThrow(
        new RegExp(removed.map((url) => url.replaceAll('.', '\\.')).join(', ')),
      );
    } finally {
      registered.push(...removed);
    }
  });
});

describe('a refresh token that exists', () => {
  const importing = (refreshToken: string, name = 'owned') =>
    importGrant({
      vault,
      deployment: fixture.deployment,
      credentialName: name,
      clientSecret: () => Promise.resolve(fixture.clientSecret),
      refreshToken: () => Promise.resolve(refreshToken),
      replace: true,
      retryPeriod: { attempts: 4, baseDelayMs: 1 },
    });

  it.each([
    ['that is made up', () => 'made-up'],
    ['that has expired', () => existingToken(ADA, ['spark:people_read'], -1)],
    [
      'of another integration',
      () => {
        const { grants, clients, users } = fixture.webex;
        const [client, user] = [clients[0], users[0]];
        if (client === undefined || user === undefined) {
          throw new Error('the simulator knows nobody');
        }
        const other = { ...client, clientId: 'another', clientSecret: 'another' };
        return grants.issueToken('refresh', grants.add({ client: other, user, scopes: client.scopes }), 1000).value;
      },
    ],
  ])('a refresh token %s is refused in one line, and the working grant stays', async (_, refreshToken) => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: ADA });
    const before = await tokenOf('owned');
    const failed = importing(refreshToken());
    await expect(failed).rejects.toBeInstanceOf(GrantRefused);
    await expect(failed).rejects.toThrow(/^[^\n]*it has expired, was revoked .*belongs to another integration[^\n]*$/);
    expect(await tokenOf('owned')).toBe(before);
  });

  it('an error says that a refresh token is lost if Webex replaced it and the engine cannot keep it', async () => {
    fixture.webex.behavior.refresh = 'rotate';
    const refreshToken = existingToken(BLAKE, ['spark:people_read']);
    await expect(importing(refreshToken)).rejects.toThrow(
      /^blake.* is whose refresh token that is, but .*; and the refresh token that was given is no good any more, .*authorize owned$/,
    );
    fixture.webex.behavior.refresh = 'keep';
    const kept = existingToken(BLAKE, ['spark:people_read']);
    await expect(importing(kept)).rejects.toThrow(/give one that Webex gave to ada\S+$/);
    await fixture.engine.writeIntegration(fixture.admin, 'a-wrong-one');
    fixture.webex.behavior.refresh = 'rotate';
    await expect(importing(existingToken(ADA, ['spark:people_read']))).rejects.toThrow(/this command alone had/);
    await fixture.engine.writeIntegration(fixture.admin);
  });

  it('a notice names a declared scope that the imported grant lacks', async () => {
    const notices: string[] = [];
    const lacking = existingToken(ADA, ['spark:people_read']);
    await importGrant({
      vault,
      deployment: fixture.deployment,
      credentialName: 'owned',
      clientSecret: () => Promise.resolve(fixture.clientSecret),
      refreshToken: () => Promise.resolve(lacking),
      onNotice: (line) => notices.push(line),
    });
    expect(notices).toEqual(['The grant lacks "spark:rooms_read", which deployment.ts declares for "owned".']);
  });
});
