import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AuthorizationPending,
  exitCodeOf,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  readCredential,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultSealed,
} from '#core';
import { authorize, type AuthorizeOptions } from '../../../../../lib/grants/consent/ways/code-grant';
import type { Grant } from '../../../../../lib/grants/consent/grant';
import { findRevocable } from '../../../../../lib/grants/consent/revocation';
import { findIntegration } from '../../../../../lib/declaration/derived/by-name';
import { ConsentRefused } from '../../../../../lib/grants/consent/consent-refused';
import { RedirectListener } from '../../../../../lib/browser/redirect-listener';
import { AccountNotChecked, WrongAccount } from '../../../../../lib/grants/consent/account';
import { VaultClient } from '../../../../../lib/vault/vault-client';
import { eventually } from '../../../../../rehearsal/eventually';
import { givingExpired } from '../../../../fixtures/worlds/giving-expired';
import { WrittenVault } from '../../../../../rehearsal/written-vault';

const ADA = 'ada.admin@example.com';
const BLAKE = 'blake.backup@example.com';
const integration = 'webex-myapp';

let fixture: WrittenVault;
let authorizer: VaultClient;

/** Everything that a person, or a browser, was shown. */
const shown: string[] = [];

beforeAll(async () => {
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'testauth', integration, scopes: ['spark:people_read'] },
      { name: 'owned', integration, scopes: ['spark:people_read', 'spark:rooms_read'], owner: 'Ada.Admin@example.com' },
      { name: 'blind', integration, scopes: ['analytics:read_all'] },
    ],
    apps: [],
  });
  authorizer = await fixture.authorizer();
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

beforeEach(async () => {
  fixture.webex.behavior.fault = undefined;
  fixture.webex.requests.length = 0;
  await Promise.all(['testauth', 'owned', 'blind'].map((name) => fixture.admin.delete(`oauthapp/creds/${name}`)));
});

type Consent = { as?: string; decision?: 'accept' | 'deny' };

/** Authorizes; each consent is given as the next of `consents` says, and not at all where there is none left. */
async function run(
  credentialName: string,
  consents: Consent[] = [{}],
  options: Partial<AuthorizeOptions> = {},
): Promise<Grant> {
  const queue = [...consents];
  return authorize({
    vault: authorizer,
    deployment: fixture.deployment,
    credentialName,
    onNotice: (line) => shown.push(line),
    retryPeriod: { baseDelayMs: 1 },
    onUrl: async (url) => {
      const consent = queue.shift();
      if (consent) {
        await visit(await fixture.webex.consent(url, consent));
      }
    },
    ...options,
  }).catch((error: unknown) => {
    shown.push(String(error));
    throw error;
  });
}

async function visit(url: string): Promise<void> {
  shown.push(await (await fetch(url)).text());
}

/** Webex answers no more about people once the code is there. */
async function consentThenFail(url: string): Promise<void> {
  const redirect = await fixture.webex.consent(url);
  fixture.webex.behavior.fault = { path: '/v1/people', status: 503 };
  await visit(redirect);
}

function redirectUrl(): string {
  return findIntegration(fixture.deployment, integration).redirectUrl;
}

function tokenOf(name: string): Promise<string> {
  return readCredential(fixture.admin.connection, 'oauthapp', name).then(({ accessToken }) => accessToken);
}

/** A grant whose access token is as good as expired, so that the next read refreshes it. */
async function storeExpiring(name: string): Promise<void> {
  await givingExpired(fixture.webex, () => fixture.engine.authorize(fixture.admin, name));
}

function exchanges(): number {
  return fixture.webex.requests.filter(({ grantType }) => grantType === 'authorization_code').length;
}

async function expectAbsent(name: string): Promise<void> {
  await expect(readCredential(fixture.admin.connection, 'oauthapp', name)).rejects.toBeInstanceOf(NotAuthorizedYet);
}

/** A device grant is begun in the engine; nobody has entered its code yet. */
async function begin(): Promise<void> {
  const request = {
    server: integration,
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: 'shown-to-somebody',
  };
  fixture.webex.behavior.fault = { path: '/v1/access_token', status: 400, error: 'authorization_pending' };
  await fixture.admin.write('oauthapp/creds/testauth', request);
}

/** Until the engine has asked for the last time. */
async function expire(): Promise<void> {
  fixture.webex.behavior.fault = { path: '/v1/access_token', status: 400, error: 'expired_token' };
  await eventually(() => tokenOf('testauth').catch((error: unknown) => /not given/.test(String(error)) || undefined));
  fixture.webex.behavior.fault = undefined;
}

describe('a first consent', () => {
  it("a first consent leaves the grant in Vault with only the authorizer's policy", async () => {
    const grant = await run('testauth');
    expect(grant.person).toMatchObject({ displayName: 'Ada Admin', emails: [ADA] });
    expect(grant).toMatchObject({ credential: 'testauth', requestedScopes: ['spark:people_read'], warnings: [] });
    expect(grant.expireTime?.getTime()).toBeGreaterThan(Date.now());
    expect(fixture.issued).toContain(await tokenOf('testauth'));
    expect(exchanges()).toBe(1);
  });

  it('the consent URL contains several scopes and a hint at the owner', async () => {
    let asked = new URLSearchParams();
    const onUrl = async (url: string) => {
      asked = new URL(url).searchParams;
      await visit(await fixture.webex.consent(url));
    };
    await run('owned', [], { onUrl });
    expect(asked.get('scope')).toBe('spark:people_read spark:rooms_read');
    expect(asked.get('login_hint')).toBe('Ada.Admin@example.com');
    expect(Buffer.from(asked.get('state') ?? '', 'base64url')).toHaveLength(32);
  });

  it('a consent by another account than the owner is refused, and its grant is deleted', async () => {
    const refused = run('owned', [{ as: BLAKE }]);
    await expect(refused).rejects.toBeInstanceOf(WrongAccount);
    await expect(refused).rejects.toThrow(
      `${BLAKE} consented, but "owned" belongs to Ada.Admin@example.com; the credential is deleted; sign out`,
    );
    await expectAbsent('owned');
  });

  it.each(['testauth', 'owned'])(
    'a late consent leaves the grant of %s that arrived in the meantime unchanged',
    async (name) => {
      const onUrl = async (url: string) => {
        const redirect = await fixture.webex.consent(url, { as: BLAKE });
        await fixture.engine.authorize(fixture.admin, name, { as: ADA });
        await visit(redirect);
      };
      const refused = run(name, [], { onUrl });
      await expect(refused).rejects.toThrow(
        new RegExp(`^credential "${name}" works already .*webex-token-vault authorize ${name} --pkce --replace$`),
      );
      const headers = { Authorization: `Bearer ${await tokenOf(name)}` };
      const me = await fetch(`${fixture.webex.apiUrl}/people/me`, { headers });
      expect(await me.json()).toMatchObject({ emails: [ADA] });
      expect(shown.at(-2)).toContain('works already');
      expect(exchanges()).toBe(1);
    },
  );

  it('a consent changes nothing if another consent was begun elsewhere in the meantime', async () => {
    const onUrl = async (url: string) => {
      const redirect = await fixture.webex.consent(url);
      await begin();
      await visit(redirect);
    };
    const refused = run('testauth', [], { onUrl });
    await expect(refused).rejects.toBeInstanceOf(AuthorizationPending);
    await expect(refused).rejects.toThrow(/waits for a consent .*, so nothing was changed; finish it there, or/);
    await expire();
  });

  it.each([
    ['fails', { path: '/v1/people', status: 503 }, /answered 503 to people\/me/, 4],
    ['hangs up', { path: '/v1/people', dropConnection: true }, /no answer from Webex at/, 4],
    ['is another server', { path: '/v1/people', status: 200, body: 'html' }, /something that is not a Webex reply/, 1],
  ] as const)(
    'nobody is asked for consent if the credential has an owner and Webex %s',
    async (_, fault, why, exitCode) => {
      fixture.webex.behavior.fault = fault;
      const refused = run('owned');
      await expect(refused).rejects.toThrow(why);
      await expect(refused).rejects.toThrow(/nobody was asked to consent, and nothing was changed; set HTTPS_PROXY/);
      expect(await refused.catch(exitCodeOf)).toBe(exitCode);
      expect(fixture.webex.requests.map(({ path }) => path)).toEqual(['/v1/people/me']);
    },
  );

  it('Vault keeps a grant whose account cannot be checked, and the error says how to check it', async () => {
    const refused = run('owned', [], { onUrl: consentThenFail });
    await expect(refused).rejects.toBeInstanceOf(AccountNotChecked);
    await expect(refused).rejects.toThrow(
      /^"owned" is authorized, but whose account consented could not be checked \(Webex answered 503.*\); look at it .*: npx --no-install webex-token owned --header \| curl --header @- http\S+\/v1\/people\/me; .*: npx --no-install webex-token-vault revoke owned$/,
    );
    expect(fixture.issued).toContain(await tokenOf('owned'));
  });

  it('the account is checked again if Webex answers 503 once', async () => {
    const onUrl = async (url: string) => {
      const redirect = await fixture.webex.consent(url);
      fixture.webex.behavior.fault = { path: '/v1/people', status: 503, count: 1 };
      await visit(redirect);
    };
    expect((await run('owned', [], { onUrl })).person?.emails).toEqual([ADA]);
  });

  it('a notice says that the scopes of the grant do not tell the account', async () => {
    expect(await run('blind')).toMatchObject({ person: undefined });
    expect(shown).toContain('Webex does not say whose account "blind" is: its scopes do not let it.');
  });

  it('a denied consent never reaches Vault', async () => {
    await expect(run('testauth', [{ decision: 'deny' }])).rejects.toBeInstanceOf(ConsentRefused);
    await expectAbsent('testauth');
    expect(exchanges()).toBe(0);
  });

  it('a consent that nobody gives times out and frees the port', async () => {
    await expect(run('testauth', [], { timeoutSeconds: 0.1 })).rejects.toThrow(/nobody consented within 0.1 s/);
    await expectAbsent('testauth');
    await (await RedirectListener.bind(redirectUrl()))[Symbol.asyncDispose]();
  });

  it('the signal ends the wait for a consent with its reason', async () => {
    const abort = new AbortController();
    const onUrl = () => abort.abort(new Error('enough'));
    await expect(run('testauth', [], { onUrl, signal: abort.signal })).rejects.toThrow('enough');
  });

  it('the command ends if it cannot show the consent URL', async () => {
    const onUrl = () => Promise.reject(new Error('no screen'));
    await expect(run('testauth', [], { onUrl })).rejects.toThrow('no screen');
  });

  it('a consent succeeds after forged redirects, and none of them reaches Vault', async () => {
    const onUrl = async (url: string) => {
      const right = await fixture.webex.consent(url);
      const forged = new URL(right);
      forged.searchParams.set('state', 'forged');
      await visit(forged.href);
      await visit(`${forged.origin}/auth?error=access_denied&state=forged`);
      await Promise.all([visit(right), visit(right)]);
    };
    await run('testauth', [], { onUrl });
    expect(exchanges()).toBe(1);
  });
});

describe('a credential that works', () => {
  it('a working credential needs no consent, and the error names the option that replaces it', async () => {
    await run('testauth');
    const before = fixture.webex.requests.length;
    await expect(run('testauth')).rejects.toThrow(/works already \(token until .*\); .* testauth --pkce --replace$/);
    expect(fixture.webex.requests).toHaveLength(before);
  });

  it('the command checks the account of a working credential if an owner is declared', async () => {
    await run('owned');
    await expect(run('owned')).rejects.toThrow(/^credential "owned" works already/);
    fixture.webex.behavior.fault = { path: '/v1/people', status: 503 };
    const unseen = run('owned');
    await expect(unseen).rejects.toBeInstanceOf(AccountNotChecked);
    await expect(unseen).rejects.toThrow(/^"owned" works already, but whose account consented could not be checked/);
    expect(await unseen.catch(exitCodeOf)).toBe(4);
  });

  it('an error says that a working credential belongs to another account than its owner', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned', { as: BLAKE });
    const refused = run('owned');
    await expect(refused).rejects.toBeInstanceOf(WrongAccount);
    await expect(refused).rejects.toThrow(
      /belongs to Ada.*it works as that account; have it deleted: npx --no-install \S+ revoke owned/,
    );
    expect(fixture.issued).toContain(await tokenOf('owned'));
  });
});

describe('a credential that does not work', () => {
  it('the command asks for a new consent if Webex has revoked the grant', async () => {
    await storeExpiring('testauth');
    fixture.webex.grants.revokeAll();
    await expect(tokenOf('testauth')).rejects.toBeInstanceOf(ReauthorizationRequired);
    expect((await run('testauth')).person?.displayName).toBe('Ada Admin');
  });

  it('the command leaves the grant alone if Webex is down', async () => {
    await storeExpiring('owned');
    fixture.webex.behavior.fault = { path: '/v1/access_token', status: 503 };
    await expect(run('owned')).rejects.toBeInstanceOf(TemporarilyUnavailable);
    fixture.webex.behavior.fault = undefined;
    expect(fixture.issued).toContain(await tokenOf('owned'));
  });

  it.each(['invalid_client', 'unauthorized_client'])(
    'a grant stays if Webex refuses the client with %s, and the error says what to correct',
    async (error) => {
      await storeExpiring('owned');
      const before = exchanges();
      fixture.webex.behavior.fault = { path: '/v1/access_token', status: 401, error };
      const refused = run('owned');
      await expect(refused).rejects.toBeInstanceOf(IntegrationRefused);
      await expect(refused).rejects.toThrow(
        /integration "webex-myapp".*set TF_VAR_webex_myapp_client_secret, raise its clientSecretVersion and deploy/,
      );
      expect(exchanges()).toBe(before);
      fixture.webex.behavior.fault = undefined;
      expect(fixture.issued).toContain(await tokenOf('owned'));
    },
  );

  it('a credential cannot be revoked at Webex while its token cannot be refreshed', async () => {
    await storeExpiring('testauth');
    fixture.webex.behavior.fault = { path: '/v1/access_token', status: 503 };
    const found = findRevocable(authorizer, 'oauthapp', 'testauth');
    await expect(found).rejects.toThrow(/so nothing was changed; .*--vault-only$/);
    await expect(found).rejects.toBeInstanceOf(TemporarilyUnavailable);
    await expect(findRevocable(authorizer, 'oauthapp', 'testauth', { vaultOnly: true })).resolves.toEqual({});
    fixture.webex.behavior.fault = undefined;
  });

  it('a credential can be revoked in Vault if Webex refuses the client', async () => {
    await storeExpiring('testauth');
    fixture.webex.behavior.fault = { path: '/v1/access_token', status: 401, error: 'invalid_client' };
    expect(await findRevocable(authorizer, 'oauthapp', 'testauth')).toEqual({});
  });

  it('the read error names a missing integration instead of a lost grant', async () => {
    await storeExpiring('testauth');
    await fixture.admin.delete('oauthapp/servers/webex-myapp');
    await expect(tokenOf('testauth')).rejects.toBeInstanceOf(NotDeployed);
    await fixture.engine.writeIntegration(fixture.admin);
  });
});

describe('a credential that waits for a consent begun elsewhere', () => {
  it.each([
    [
      'authorized',
      () => run('testauth'),
      /waits for a consent .*, so nobody was asked to consent; finish it there, or/,
    ],
    [
      'revoked',
      () => findRevocable(authorizer, 'oauthapp', 'testauth'),
      /waits for a consent .*, so there is no grant to revoke yet; finish it there, or/,
    ],
  ])(
    'a credential that waits for another consent is not %s, because the engine would delete the next grant',
    async (_, act, message) => {
      await begin();
      const refused = act();
      await expect(refused).rejects.toBeInstanceOf(AuthorizationPending);
      await expect(refused).rejects.toThrow(message);
      await expire();
    },
  );

  it('a credential can be authorized, and keeps its grant, after the code of the other consent has expired', async () => {
    await begin();
    await expire();
    await run('testauth');
    await sleep(2500);
    expect(fixture.issued).toContain(await tokenOf('testauth'));
  });

  it('a credential can be revoked after the code of the other consent has expired', async () => {
    await begin();
    await expire();
    expect(await findRevocable(authorizer, 'oauthapp', 'testauth')).toEqual({});
  });
});

describe('the exchange', () => {
  it.each([
    ['Webex fails', { path: '/v1/access_token', status: 500 }, TemporarilyUnavailable],
    ['Webex answers nonsense', { path: '/v1/access_token', status: 200, body: 'html' }, TemporarilyUnavailable],
    ['Webex hangs up', { path: '/v1/access_token', dropConnection: true }, TemporarilyUnavailable],
  ] as const)('the error of the code exchange says that nothing was changed if %s', async (_, fault, kind) => {
    fixture.webex.behavior.fault = fault;
    const failed = run('testauth');
    await expect(failed).rejects.toBeInstanceOf(kind);
    await expect(failed).rejects.toThrow(/nothing was changed/);
    await expectAbsent('testauth');
  });

  it('the error names the variable of the client secret if Webex refuses the secret', async () => {
    await fixture.engine.writeIntegration(fixture.admin, 'another-secret');
    const refused = run('testauth');
    await expect(refused).rejects.toThrow(/set TF_VAR_webex_myapp_client_secret, raise/);
    await expect(refused).rejects.toBeInstanceOf(IntegrationRefused);
    await fixture.engine.writeIntegration(fixture.admin);
  });
});

describe('before anybody is asked for consent, it says so where', () => {
  afterEach(() => {
    expect(fixture.webex.requests).toEqual([]);
  });

  it('an error says that the token is not valid before anybody is asked for consent', async () => {
    const vault = fixture.admin.withToken('hvs.nonsense');
    await expect(run('testauth', [], { vault })).rejects.toThrow(/does not accept the token/);
    await expect(run('testauth', [], { vault })).rejects.toBeInstanceOf(NotPermitted);
  });

  it('an error says which rights the token lacks before anybody is asked for consent', async () => {
    const self = 'path "sys/capabilities-self" { capabilities = ["update"] }\n';
    const url = `path "oauthapp/auth-code-url" { capabilities = ["update"] }\n`;
    const nothing = fixture.admin.withToken(await fixture.tokenWith(self));
    await expect(run('testauth', [], { vault: nothing })).rejects.toThrow(
      'this Vault token may not authorize "testauth": it lacks "update" on oauthapp/auth-code-url; use a token with policy "oauthapp-authorizer"',
    );
    const half = fixture.admin.withToken(await fixture.tokenWith(self + url));
    await expect(run('testauth', [], { vault: half })).rejects.toThrow(
      /lacks "read", "update", "delete" on oauthapp\/creds\/testauth/,
    );
  });

  it.each([
    ['nothing is mounted', 'nowhere', /no oauthapp engine is mounted at nowhere\//],
    ['another engine is mounted', 'cubbyhole', /the engine mounted at cubbyhole\/ is "cubbyhole"/],
  ])('an error says that %s before anybody is asked for consent', async (_, mountPath, message) => {
    const engine = { ...fixture.deployment.engine, mountPath };
    const deployment = { ...fixture.deployment, engine };
    await expect(run('testauth', [], { vault: fixture.admin, deployment })).rejects.toThrow(message);
  });

  it('an error says that the integration is missing before anybody is asked for consent', async () => {
    await fixture.admin.delete('oauthapp/servers/webex-myapp');
    await expect(run('testauth')).rejects.toThrow(/integration "webex-myapp" is not in Vault .*deploy stack/);
    await fixture.engine.writeIntegration(fixture.admin);
  });

  it('an error says that the port is taken before anybody is asked for consent', async () => {
    const { port } = new URL(redirectUrl());
    const other = createServer().listen(Number(port), '127.0.0.1');
    await once(other, 'listening');
    await expect(run('testauth')).rejects.toThrow(`port ${port} on 127.0.0.1, `);
    other.close();
  });

  it('an error says that the credential is unknown before anybody is asked for consent', async () => {
    await expect(run('other')).rejects.toThrow(
      'unknown credential "other"; the deployment declares "testauth", "owned"',
    );
  });

  it('an error says that Vault does not answer before anybody is asked for consent', async () => {
    const vault = new VaultClient({ address: 'http://127.0.0.1:1', token: 't' });
    await expect(run('testauth', [], { vault })).rejects.toThrow(/no answer from Vault at http:\/\/127.0.0.1:1/);
  });
});

describe('before a browser is opened, Webex is asked', () => {
  const onUrl = jest.fn();
  beforeEach(() => onUrl.mockClear());

  /** The integration, as Webex has it. */
  function client() {
    const [registered] = fixture.webex.clients;
    if (registered === undefined) {
      throw new Error('the simulator has no client');
    }
    return registered;
  }

  it('the command asks Webex whether the redirect URL is registered before it opens a browser', async () => {
    const registered = client().redirectUrls.splice(0);
    const refused = run('testauth', [], { onUrl });
    await expect(refused).rejects.toThrow(
      `redirect URL ${redirectUrl()} is not registered for it; nobody was asked to consent, and nothing was changed; correct them`,
    );
    client().redirectUrls.push(...registered);
    expect(onUrl).not.toHaveBeenCalled();
    await expectAbsent('testauth');
  });

  it('the command asks Webex whether the scopes are registered before it opens a browser', async () => {
    const registered = client().scopes.splice(0);
    const refused = run('owned', [], { onUrl });
    await expect(refused).rejects.toBeInstanceOf(ConsentRefused);
    await expect(refused).rejects.toThrow(/^Webex refused the scopes "spark:people_read spark:rooms_read" \(/);
    client().scopes.push(...registered);
    expect(onUrl).not.toHaveBeenCalled();
  });

  it.each([
    ['hangs up', { dropConnection: true }],
    ['fails', { status: 503 }],
  ])('a Webex that %s at the first check does not stop the consent', async (_, fault) => {
    fixture.webex.behavior.fault = { path: '/v1/authorize', count: 1, ...fault };
    expect((await run('testauth')).person?.emails).toEqual([ADA]);
    expect(fixture.webex.behavior.fault).toBeUndefined();
  });
});

describe('at the end', () => {
  it('neither the person nor the server log has seen a secret', () => {
    expect(shown.length).toBeGreaterThan(50);
    const text = [...shown, fixture.server.log].join('\n');
    const secrets = [...fixture.issued, fixture.clientSecret, fixture.server.rootToken];
    expect(secrets.length).toBeGreaterThan(50);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('the error tells a sealed server from one that is down', async () => {
    await fixture.admin.write('sys/seal', {});
    await expect(run('testauth')).rejects.toBeInstanceOf(VaultSealed);
  });
});
