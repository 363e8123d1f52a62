import { AuthorizationPending, IntegrationRefused, TemporarilyUnavailable } from '#core';
import { AccountNotChecked, GrantKept, WrongAccount } from '../../../../lib/grants/consent/account';
import { FewerScopes } from '../../../../lib/grants/consent/granted-scopes';
import { consentRecordSchema } from '../../../../lib/vault/records/consent-record';
import { Records } from '../../../../lib/vault/records/record-store';
import { authorizeByDevice } from '../../../../lib/grants/consent/ways/device-consent';
import { ClientRefused, DeviceGrantDenied, DeviceGrantExpired, GrantRefused } from '../../../../lib/webex/grant-errors';
import type { WithheldScopes } from '../../../../rehearsal/webex/behavior';
import { refreshTokenAt } from '../../../fixtures/worlds/refresh-token-at';
import { ADA, BLAKE, ConsentWorld, type Given, type Way } from '../../../fixtures/worlds/consent-world';

/* Behavior that all ways to a grant share, and behavior of the shared import. */

let world: ConsentWorld;
beforeAll(async () => (world = await ConsentWorld.start()));
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.reset());
afterEach(() => {
  expect(world.secretsIn(world.shown.join('\n'))).toEqual([]);
});

const once = { attempts: 4, baseDelayMs: 1 };

/** A working grant of user Ada. */
async function authorized(name = 'owned'): Promise<string> {
  await world.fixture.engine.authorize(world.fixture.admin, name, { as: ADA });
  return world.tokenOf(name);
}

describe.each<Way>(['code', 'pkce', 'device', 'import'])('a grant by %s', (way) => {
  const run = (name: string, given?: Given) => world.run(way, name, given);

  it("the engine keeps and refreshes a grant that a token with only the authorizer's policy stored", async () => {
    const { engine, admin, issued, webex } = world.fixture;
    Object.assign(webex.behavior, { refresh: 'rotate', refreshTokenTtlSeconds: 5_000_000 });
    const began = Date.now();
    const grant = await run('owned');
    expect(grant.person).toMatchObject({ displayName: 'Ada Admin', emails: [ADA] });
    expect(grant).toMatchObject({ requestedScopes: ['spark:people_read', 'spark:rooms_read'], warnings: [] });
    expect(grant.expireTime?.getTime()).toBeGreaterThan(began);
    expect(issued).toContain(await world.tokenOf('owned'));
    const { value } = await new Records(admin, 'oauthapp-records').read('consents/owned', consentRecordSchema);
    expect(value).toMatchObject({
      by: { email: ADA, orgId: expect.stringMatching(/^Y2lz/) as string },
      accessTokenSeconds: expect.closeTo(1_209_599, -2) as number,
      refreshTokenTtlSeconds: way === 'code' ? null : (expect.closeTo(5_000_000, -2) as number),
      requestedScopes: way === 'import' ? null : ['spark:people_read', 'spark:rooms_read'],
      grantedScopes: way === 'code' ? null : ['spark:kms', 'spark:people_read', 'spark:rooms_read'],
    });
    expect(value?.consentedAt.getTime()).toBeGreaterThanOrEqual(began);
    expect(world.secretsIn(JSON.stringify(value))).toEqual([]);
    await engine.forceRefresh(admin, 'owned');
    expect(engine.refreshes.at(-1)).toBe(200);
    expect(await engine.isAccepted(await world.tokenOf('owned'))).toBe(true);
  });

  it('a grant of another account is not kept', async () => {
    const failed = run('owned', { as: BLAKE });
    await expect(failed).rejects.toBeInstanceOf(WrongAccount);
    const did = way === 'import' ? 'is the account of that refresh token' : 'consented';
    const became = way === 'code' ? 'the credential is deleted; sign out' : 'nothing was stored; ';
    await expect(failed).rejects.toThrow(`${BLAKE} ${did}, but "owned" belongs to ${ADA}; ${became}`);
    await world.expectAbsent('owned');
    expect(world.fixture.engine.refreshes.filter((status) => status === 200)).toHaveLength(way === 'import' ? 1 : 0);
  });

  it('a credential without an owner accepts any account, or none if its scopes do not tell the account', async () => {
    expect((await run('anybody', { as: BLAKE })).person?.emails).toEqual([BLAKE]);
    expect((await run('blind')).person).toBeUndefined();
    expect(world.shown).toContain(
      'The account of "blind" is unknown, because its scopes do not allow to read it. To see it, add scope "spark:people_read".',
    );
  });

  it('a working credential needs no consent, and the error names the option that replaces it', async () => {
    await authorized();
    const option = way === 'code' ? 'pkce' : way;
    await expect(run('owned')).rejects.toThrow(
      new RegExp(
        `^credential "owned" works already \\(token until .*npx --no-install webex-token-vault authorize owned --${option} --replace$`,
      ),
    );
  });

  it('the new grant does not replace one that another person authorized in the meantime', async () => {
    const failed = run('anybody', { as: BLAKE, meanwhile: () => authorized('anybody') });
    await expect(failed).rejects.toThrow(/^credential "anybody" works already/);
    expect(await world.accountOf('anybody')).toMatchObject({ emails: [ADA] });
  });

  it('the engine keeps a first grant whose account could not be checked, and the error says how to look', async () => {
    const { behavior } = world.fixture.webex;
    const failed = run('owned', { meanwhile: () => (behavior.fault = { path: '/v1/people', status: 503 }) });
    await expect(failed).rejects.toBeInstanceOf(AccountNotChecked);
    await expect(failed).rejects.toThrow(
      /^"owned" is authorized, but its account could not be checked \(Webex answered 503.*\)\. Look at the account .*: npx --no-install webex-token owned --header \| curl --header @- http\S+\/v1\/people\/me; .*: npx --no-install webex-token-vault revoke owned$/,
    );
    behavior.fault = undefined;
    expect(await world.accountOf('owned')).toMatchObject({ emails: [ADA] });
  });

  it('a grant is stored although Webex fails once to tell the account', async () => {
    const fault = { path: '/v1/people', status: 503, count: 1 };
    const meanwhile = () => (world.fixture.webex.behavior.fault = fault);
    expect((await run('owned', { meanwhile })).person?.emails).toEqual([ADA]);
  });

  it('the error names the variable of the client secret if the engine has a wrong one', async () => {
    const { engine, admin } = world.fixture;
    await engine.writeIntegration(admin, 'a-wrong-one');
    const failed = run('owned');
    await expect(failed).rejects.toBeInstanceOf(IntegrationRefused);
    await expect(failed).rejects.toThrow(/set TF_VAR_webex_myapp_client_secret, raise/);
    await engine.writeIntegration(admin);
    await world.expectAbsent('owned');
  });

  it.each(['answer', 'answered by another'] as const)(
    'a grant is found after the %s of Vault was lost',
    async (loss) => {
      world.fixture.webex.behavior.refresh = 'rotate';
      let losses = 0;
      const meanwhile = () => {
        world.lossy.lose = (request) => (request === 'PUT oauthapp/creds/owned' && losses++ === 0 ? loss : undefined);
      };
      expect((await run('owned', { meanwhile })).person?.emails).toEqual([ADA]);
      expect(world.shown.join('\n')).toMatch(
        /^Vault's answer to the (?:code|refresh token) was lost \((?:ECONNRESET|504: no message)\), but the grant is stored\.$/m,
      );
      await world.fixture.engine.forceRefresh(world.fixture.admin, 'owned');
      expect(await world.fixture.engine.isAccepted(await world.tokenOf('owned'))).toBe(true);
    },
  );

  it('an error says that the new grant may be stored if Vault disappears during the write', async () => {
    world.loseVault();
    const failed = run('owned', { retryPeriod: once });
    await expect(failed).rejects.toBeInstanceOf(way === 'code' ? AccountNotChecked : GrantKept);
    await expect(failed).rejects.toThrow(
      way === 'code'
        ? /^Vault's answer to the code was lost \(ECONNRESET\), so "owned" may hold the new grant, but its account could not be checked \(no answer from Vault at .*revoke owned$/
        : /^Vault's answer to the refresh token was lost .* "owned" may hold the new grant, .*status --verify$/,
    );
  });

  it('a signal ends the command and leaves the credential unchanged', async () => {
    const stop = new AbortController();
    const onUrl = () => stop.abort(new Error('interrupted'));
    const given = way === 'code' ? { onUrl } : { meanwhile: onUrl };
    await expect(run('anybody', { signal: stop.signal, ...given })).rejects.toThrow('interrupted');
    await world.expectAbsent('anybody');
  });
});

describe.each<Way>(['pkce', 'device', 'import'])('a grant that the command obtains by %s', (way) => {
  const run = (name: string, given?: Given) => world.run(way, name, given);

  it('a grant of the same account replaces a working one, and a grant of another account does not', async () => {
    const before = await authorized('anybody');
    await expect(run('anybody', { as: BLAKE, replace: true })).rejects.toThrow(
      /^blake.*, but "anybody" belongs to ada.*; "anybody" is unchanged; /,
    );
    expect(await world.tokenOf('anybody')).toBe(before);
    await run('anybody', { replace: true });
    expect(await world.tokenOf('anybody')).not.toBe(before);
  });

  it('a wrong client secret is refused before Webex is asked for a grant', async () => {
    const failed = run('owned', { secret: 'of-another-integration' });
    await expect(failed).rejects.toBeInstanceOf(ClientRefused);
    await expect(failed).rejects.toThrow(/^Webex refuses the given client secret .*; no grant is affected/);
    expect(world.shown).toHaveLength(1);
  });

  it('the command presents a code or a refresh token once, and polls for a device grant again', async () => {
    const fault = { path: '/v1/access_token', status: 503, count: 1, when: 'before' } as const;
    const failed = run('owned', { meanwhile: () => (world.fixture.webex.behavior.fault = fault) });
    if (way === 'device') {
      await failed;
      expect(world.fixture.issued).toContain(await world.tokenOf('owned'));
    } else {
      await expect(failed).rejects.toThrow(/503/);
    }
  });
});

describe('an imported grant', () => {
  const run = (name: string, given?: Given) => world.run('import', name, given);
  const fail = () => {
    world.fixture.webex.behavior.fault = { path: '/v1/people', status: 503, count: 20 };
  };

  it('a replacement survives an outage of Webex that lasts longer than a few seconds', async () => {
    world.fixture.webex.behavior.refresh = 'rotate';
    const before = await authorized();
    expect((await run('owned', { replace: true, meanwhile: fail })).person?.emails).toEqual([ADA]);
    expect(await world.tokenOf('owned')).not.toBe(before);
    expect(world.shown.filter((line) => line.includes('exist only in this process'))).toEqual([
      expect.stringMatching(
        /^"owned" is unchanged, because .*Webex answered 503.* tries again for up to 15 minutes; do not stop it$/,
      ),
    ]);
  });

  it('a new grant survives an outage of Vault that lasts longer than a few seconds', async () => {
    world.fixture.webex.behavior.refresh = 'rotate';
    let losses = 0;
    const meanwhile = (): void => {
      world.lossy.lose = (request) =>
        /oauthapp\/creds\/owned$/.test(request) && losses++ < 20 ? 'request' : undefined;
    };
    expect((await run('owned', { meanwhile })).person?.emails).toEqual([ADA]);
    expect(losses).toBeGreaterThan(20);
    expect(await world.fixture.engine.isAccepted(await world.tokenOf('owned'))).toBe(true);
  });

  it('a replacement gives up after a signal and one more try', async () => {
    const before = await authorized();
    const stop = new AbortController();
    const peopleRequests = () => world.fixture.webex.requests.filter(({ path }) => path === '/v1/people/me').length;
    let asked = 0;
    const onNotice = (line: string): void => {
      if (line.includes('exist only in this process')) {
        asked = peopleRequests();
        stop.abort(new Error('interrupted'));
      }
    };
    const failed = run('owned', { replace: true, meanwhile: fail, onNotice, signal: stop.signal });
    await expect(failed).rejects.toThrow(
      /^"owned" is unchanged, because the account of the new grant could not be read: /,
    );
    expect(peopleRequests()).toBe(asked + 1);
    expect(await world.tokenOf('owned')).toBe(before);
  });

  it('a replacement is not reported as stored if the previous grant could not be read', async () => {
    const before = await authorized();
    const meanwhile = (): void => {
      let reads = 0;
      world.lossy.lose = (request) => {
        reads += request === 'GET oauthapp/creds/owned' ? 1 : 0;
        return request === 'PUT oauthapp/creds/owned' || reads <= 4 ? 'request' : undefined;
      };
    };
    await expect(run('owned', { replace: true, retryPeriod: once, meanwhile })).rejects.toThrow(
      /no answer from Vault|answer .* was lost/,
    );
    expect(await world.tokenOf('owned')).toBe(before);
  });

  it('a previous grant that was refreshed in the meantime is not mistaken for the new grant', async () => {
    await authorized();
    const meanwhile = async (): Promise<void> => {
      await world.fixture.engine.forceRefresh(world.fixture.admin, 'owned');
      world.lose('request', 'owned');
    };
    const failed = run('owned', { replace: true, retryPeriod: once, meanwhile });
    await expect(failed).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(failed).rejects.toThrow(/no new grant appeared within 0\.2 s; nothing was changed/);
  });

  it('a refresh token is not asked for while the engine waits for a consent of its own', async () => {
    await world.beginElsewhere();
    await expect(run('anybody')).rejects.toBeInstanceOf(AuthorizationPending);
    expect(world.shown).toHaveLength(1);
    await world.expireElsewhere();
  });

  it.each([
    ['that is made up', () => 'made-up'],
    ['that has expired', () => refreshTokenAt(world.fixture.webex, ['spark:people_read'], ADA, -1)],
    ['of another integration', () => tokenOfAnotherIntegration()],
  ])('a refresh token %s is refused in one line, and the working grant stays', async (_, refreshToken) => {
    const before = await authorized();
    const failed = run('owned', { replace: true, token: refreshToken() });
    await expect(failed).rejects.toBeInstanceOf(GrantRefused);
    await expect(failed).rejects.toThrow(/^[^\n]*It has expired, was revoked .*belongs to another integration[^\n]*$/);
    expect(await world.tokenOf('owned')).toBe(before);
  });

  function tokenOfAnotherIntegration(): string {
    const { grants, clients, users } = world.fixture.webex;
    const [client, user] = [clients[0], users[0]];
    if (client === undefined || user === undefined) {
      throw new Error('the simulator knows nobody');
    }
    const other = { ...client, clientId: 'another', clientSecret: 'another' };
    return grants.issueToken('refresh', grants.add({ client: other, user, scopes: client.scopes }), 1000).value;
  }

  it('an error says that a refresh token is lost if Webex replaced it and the engine cannot keep it', async () => {
    const { engine, admin, webex } = world.fixture;
    webex.behavior.refresh = 'rotate';
    await expect(run('owned', { as: BLAKE })).rejects.toThrow(
      /^blake.* is the account of that refresh token, but .*\. The given refresh token is no longer valid: .*authorize owned$/,
    );
    webex.behavior.refresh = 'keep';
    await expect(run('owned', { as: BLAKE })).rejects.toThrow(/give a refresh token of ada\S+$/);
    webex.behavior.refresh = 'rotate';
    await engine.writeIntegration(admin, 'a-wrong-one');
    await expect(run('owned')).rejects.toThrow(/only this command had/);
    await engine.writeIntegration(admin);
  });
});

describe('the granted scopes', () => {
  const lacking: WithheldScopes = { scopes: ['spark:rooms_read'] };
  const recordOf = async (name: string) =>
    (await new Records(world.fixture.admin, 'oauthapp-records').read(`consents/${name}`, consentRecordSchema)).value;

  it.each<Way>(['pkce', 'device', 'import'])(
    'a grant by %s with fewer scopes replaces no working grant that has them',
    async (way) => {
      await world.run('pkce', 'owned');
      const [before, noted] = [await world.tokenOf('owned'), await recordOf('owned')];
      world.shown = [];
      world.fixture.webex.behavior.withheld = [lacking];
      const failed = world.run(way, 'owned', { replace: true });
      await expect(failed).rejects.toBeInstanceOf(FewerScopes);
      await expect(failed).rejects.toThrow(
        'the new grant lacks "spark:rooms_read", which the present grant of "owned" has; "owned" is unchanged; select these scopes for integration "webex-myapp" at developer.webex.com/my-apps, and have an administrator allow them, then run the command again. To accept fewer scopes, delete the present grant first: npx --no-install webex-token-vault revoke owned',
      );
      expect(world.shown.join('\n')).not.toContain('The grant of');
      expect(await world.tokenOf('owned')).toBe(before);
      expect(await recordOf('owned')).toEqual(noted);
    },
  );

  it('a first grant with fewer scopes is stored, and a notice names them', async () => {
    world.fixture.webex.behavior.withheld = [lacking];
    const grant = await world.run('pkce', 'owned');
    expect(grant).toMatchObject({
      grantedScopes: ['spark:kms', 'spark:people_read'],
      missingScopes: ['spark:rooms_read'],
    });
    expect(world.shown).toContain(
      'The grant of "owned" lacks "spark:rooms_read"; select these scopes for integration "webex-myapp" at developer.webex.com/my-apps, and have an administrator allow them, then: npx --no-install webex-token-vault authorize owned --pkce --replace',
    );
    expect(await recordOf('owned')).toMatchObject({ grantedScopes: ['spark:kms', 'spark:people_read'] });
  });

  it('a grant is not stored if its owner cannot be checked, because Webex did not grant the scope for that', async () => {
    world.fixture.webex.behavior.withheld = [{ scopes: ['spark:people_read'] }];
    await expect(world.run('pkce', 'owned')).rejects.toThrow(
      'nothing was stored, because Webex did not grant "spark:people_read", which shows the account; select these scopes for integration "webex-myapp"',
    );
    await world.expectAbsent('owned');
  });

  it('an imported grant that lost a scope in the meantime does not replace one that has it', async () => {
    await world.run('pkce', 'owned');
    const before = await world.tokenOf('owned');
    const token = refreshTokenAt(world.fixture.webex, ['spark:people_read', 'spark:rooms_read'], ADA);
    world.fixture.webex.grants.withdrawScopes({ ...lacking, of: ADA });
    await expect(world.run('import', 'owned', { token, replace: true })).rejects.toBeInstanceOf(FewerScopes);
    expect(await world.tokenOf('owned')).toBe(before);
  });

  it('a grant replaces one that lacks the same scopes', async () => {
    world.fixture.webex.behavior.withheld = [lacking];
    await world.run('pkce', 'owned');
    const before = await world.tokenOf('owned');
    await world.run('device', 'owned', { replace: true });
    expect(await world.tokenOf('owned')).not.toBe(before);
  });

  it.each<[verb: string, why: string, change: () => unknown]>([
    ['was asked for', 'the engine exchanged the code', () => undefined],
    ['may have', 'there is no record', () => world.fixture.admin.delete('oauthapp-records/metadata/consents/owned')],
    [
      'may have',
      'an earlier release wrote the record',
      () =>
        world.fixture.admin.write('oauthapp-records/data/consents/owned', {
          data: {
            version: 1,
            consentedAt: '2026-01-01T00:00:00Z',
            by: null,
            accessTokenSeconds: null,
            refreshTokenTtlSeconds: null,
          },
        }),
    ],
    [
      'may have',
      'the record cannot be read',
      () => {
        world.lossy.lose = (request) =>
          request === 'GET oauthapp-records/data/consents/owned' ? 'request' : undefined;
      },
    ],
  ])('a grant with fewer scopes does not replace one that %s them, because %s', async (verb, _, change) => {
    await world.run('code', 'owned');
    const before = await world.tokenOf('owned');
    await change();
    world.fixture.webex.behavior.withheld = [lacking];
    await expect(world.run('pkce', 'owned', { replace: true })).rejects.toThrow(
      `the new grant lacks "spark:rooms_read", which the present grant of "owned" ${verb}; "owned" is unchanged; `,
    );
    expect(await world.tokenOf('owned')).toBe(before);
  });

  it('a grant with fewer scopes replaces one that Webex does not refresh any more', async () => {
    const { webex, engine, admin } = world.fixture;
    await world.run('pkce', 'owned');
    webex.behavior.fault = { path: '/v1/access_token', status: 400, error: 'invalid_grant', count: 1 };
    await engine.forceRefresh(admin, 'owned');
    webex.behavior.withheld = [lacking];
    const grant = await world.run('pkce', 'owned', { replace: true });
    expect(grant.missingScopes).toEqual(['spark:rooms_read']);
  });

  it('an answer without scopes is accepted, and the record says that they were not told', async () => {
    await world.run('pkce', 'owned');
    Object.assign(world.fixture.webex.behavior, { withheld: [lacking], toldScopes: 'none' });
    const grant = await world.run('pkce', 'owned', { replace: true });
    expect(grant).toMatchObject({ grantedScopes: undefined, missingScopes: undefined });
    expect(world.shown).toContain('Webex did not tell which scopes it granted to "owned".');
    expect(await recordOf('owned')).toMatchObject({
      grantedScopes: null,
      requestedScopes: ['spark:people_read', 'spark:rooms_read'],
    });
  });

  it('a record of this release is readable for an earlier one, which ignores the scopes', async () => {
    await world.run('pkce', 'owned');
    const earlier = consentRecordSchema.omit({ requestedScopes: true, grantedScopes: true });
    const { value } = await new Records(world.fixture.admin, 'oauthapp-records').read('consents/owned', earlier);
    expect(Object.keys(value ?? {})).toEqual(['consentedAt', 'by', 'accessTokenSeconds', 'refreshTokenTtlSeconds']);
  });
});

describe('a consent in the browser with PKCE', () => {
  it('the PKCE request has an owner hint and a challenge from 32 random bytes', async () => {
    await world.run('pkce', 'owned');
    const asked = Object.fromEntries(world.visited?.searchParams ?? []);
    expect(asked).toEqual({
      response_type: 'code',
      client_id: 'rehearsal-webex-myapp',
      redirect_uri: world.fixture.engine.redirectUrl,
      scope: 'spark:people_read spark:rooms_read',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
      login_hint: ADA,
    });
    await world.run('pkce', 'anybody');
    expect(world.visited?.searchParams.get('code_challenge')).not.toBe(asked.code_challenge);
  });

  it('a denied consent or an expired code changes nothing', async () => {
    await expect(world.run('pkce', 'owned', { decision: 'deny' })).rejects.toThrow(/consent was denied at Webex/);
    world.fixture.webex.behavior.codeTtlSeconds = 0;
    await expect(world.run('pkce', 'owned')).rejects.toBeInstanceOf(GrantRefused);
    await world.expectAbsent('owned');
    expect(world.shown.join('\n')).toContain('Not authorized');
  });
});

describe('a consent on another device', () => {
  it('the device prompt shows the user code and never the device code', async () => {
    await world.run('device', 'owned');
    expect(JSON.parse(world.shown[0] ?? '')).toMatchObject({
      credential: 'owned',
      integration: 'webex-myapp',
      email: ADA,
      grant: {
        userCode: expect.stringMatching(/^\d{6}$/) as string,
        verificationUri: `${world.fixture.webex.url}/verify`,
        expiresAt: expect.stringMatching(/^20/) as string,
      },
    });
  });

  it('polling goes on through status 400, 428 and 502, and waits as long as 429 says', async () => {
    const { webex } = world.fixture;
    webex.behavior.devicePending = 400;
    const path = '/v1/device/token';
    const faults = [
      { path, status: 429, retryAfterSeconds: 7, count: 1 },
      { path, status: 502, count: 1 },
    ];
    const grant = await world.run('device', 'owned', { meanwhile: () => (webex.behavior.fault = faults) });
    expect(grant.person?.emails).toEqual([ADA]);
    expect(world.clock.waits).toEqual([1, 7, 14]);
    const asked = webex.requests.filter((request) => request.path === path).map(({ status }) => status);
    expect(asked).toEqual([429, 502, 200]);
  });

  it('a denied device grant leaves the working credential unchanged', async () => {
    const before = await authorized();
    const denied = world.run('device', 'owned', { replace: true, decision: 'deny' });
    await expect(denied).rejects.toBeInstanceOf(DeviceGrantDenied);
    expect(await world.tokenOf('owned')).toBe(before);
  });

  it('the device grant ends if its code expires', async () => {
    world.fixture.webex.behavior.deviceCodeTtlSeconds = 1;
    const nobody = authorizeByDevice({
      vault: world.vault,
      deployment: world.fixture.deployment,
      credentialName: 'owned',
      clientSecret: () => Promise.resolve(world.fixture.clientSecret),
      onCode: () => undefined,
    });
    await expect(nobody).rejects.toBeInstanceOf(DeviceGrantExpired);
    await expect(nobody).rejects.toThrow(/nothing was changed: begin again with a new code/);
    await world.expectAbsent('owned');
  });

  it('one line names the redirect URLs that the integration lacks', async () => {
    const registered = world.fixture.webex.clients[0]?.redirectUrls ?? [];
    const removed = registered.splice(1);
    const refused = world.run('device', 'owned');
    await expect(refused).rejects.toThrow(removed.join(', '));
    registered.push(...removed);
  });
});
