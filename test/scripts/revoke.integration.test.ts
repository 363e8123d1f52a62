import { NotAuthorizedYet, readCredential } from '#core';
import { givingExpired } from '../fixtures/worlds/giving-expired';
import { runCommand } from '../fixtures/programs/command-run';
import type { ScriptResult } from '../fixtures/programs/script';
import { runOnTerminal } from '../fixtures/programs/terminal';
import { WrittenVault } from '../../rehearsal/written-vault';

/* The end of a grant, in Vault and at Webex. */

const TOKENS = ['identity:tokens_read', 'identity:tokens_write'];
const ALL = ['spark:people_read', ...TOKENS];

let fixture: WrittenVault;
let token: string;
const printed: string[] = [];

beforeAll(async () => {
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'testauth', integration: 'webex-myapp', scopes: ALL },
      { name: 'other', integration: 'webex-myapp', scopes: ALL },
    ],
  });
  token = await fixture.operatorToken('authorizer');
});
beforeEach(async () => {
  fixture.webex.behavior.fault = undefined;
  fixture.webex.behavior.refresh = 'renew';
  fixture.webex.grants.revokeAll();
  await fixture.admin.delete('oauthapp/creds/testauth');
  await fixture.admin.delete('oauthapp/creds/other');
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** Makes a person consent. @returns the access token, which Webex then accepts */
async function authorize(credential = 'testauth', scopes = ALL, as?: string): Promise<string> {
  await fixture.engine.authorize(fixture.admin, credential, { scopes, as });
  return fixture.engine.read(fixture.admin, credential);
}

async function revoke(...args: string[]): Promise<ScriptResult> {
  const env = { ...fixture.environment, VAULT_ADDR: fixture.server.address, VAULT_TOKEN: token };
  const result = await runCommand('revoke', ['testauth', '--yes', ...args], env);
  printed.push(result.stdout, result.stderr);
  return result;
}

function stored(name = 'testauth') {
  return readCredential(fixture.admin.connection, 'oauthapp', name);
}

function askedOf(path: string): number {
  return fixture.webex.requests.filter((request) => request.path.startsWith(path)).length;
}

it('revoke ends the grant at Webex if its scopes allow that, and says so', async () => {
  const accessToken = await authorize();
  const { exitCode, stdout, stderr } = await revoke();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(
    /^"testauth" is deleted in Vault\.\nWebex has revoked the grant: none of its tokens is valid any more\. .*\n$/,
  );
  expect(await fixture.engine.isAccepted(accessToken)).toBe(false);
  expect(fixture.webex.grants.list()).toEqual([]);
  await expect(stored()).rejects.toBeInstanceOf(NotAuthorizedYet);
});

it.each(['rotate', 'renew', 'keep', 'omit'] as const)(
  'revoke finds the grant after a refresh of kind "%s"',
  async (kind) => {
    fixture.webex.behavior.refresh = kind;
    await authorize();
    await fixture.engine.forceRefresh(fixture.admin, 'testauth');
    const accessToken = await fixture.engine.read(fixture.admin, 'testauth');
    const { stdout } = await revoke('--json');
    expect(JSON.parse(stdout)).toEqual({
      credential: 'testauth',
      vault: 'deleted',
      webex: 'revoked',
      detail: 'Webex has revoked the grant',
      until: null,
    });
    expect(await fixture.engine.isAccepted(accessToken)).toBe(false);
  },
);

it.each([
  ['a scope to read', ['spark:people_read', 'identity:tokens_write'], undefined, 'authorizations'],
  ['a scope to delete', ['spark:people_read', 'identity:tokens_read'], undefined, 'authorizations/ID'],
  ['a scope to say whose it is', TOKENS, undefined, 'people/me'],
  ['the role', ALL, 'uma.user@example.com', 'authorizations'],
])(
  'revoke deletes only in Vault without %s, and says until when Webex accepts the tokens',
  async (_, scopes, as, path) => {
    const accessToken = await authorize('testauth', scopes, as);
    const until = (await stored()).expireTime?.toISOString() ?? '';
    const { exitCode, stdout } = await revoke();
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`until it expires, at ${until}: Vault cannot revoke it, and Webex does not let`);
    expect(stdout).toContain(`(403 to ${path})`);
    expect(stdout).toContain('To revoke the grant at Webex too:');
    expect(fixture.webex.grants.list().map(({ value }) => value)).toContain(accessToken);
    await expect(stored()).rejects.toBeInstanceOf(NotAuthorizedYet);
  },
);

it('revoke --vault-only sends Webex no request', async () => {
  const accessToken = await authorize();
  const until = (await stored()).expireTime?.toISOString();
  const before = fixture.webex.requests.length;
  const { exitCode, stdout } = await revoke('--vault-only', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ vault: 'deleted', webex: 'kept', until });
  expect(fixture.webex.requests).toHaveLength(before);
  expect(await fixture.engine.isAccepted(accessToken)).toBe(true);
  await expect(stored()).rejects.toBeInstanceOf(NotAuthorizedYet);
});

it("revoke leaves a person's grants at Webex if several match", async () => {
  const accessToken = await authorize();
  const other = await authorize('other');
  const { exitCode, stdout } = await revoke();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Webex has 2 grants of that person to this integration \(from \S+Z, \S+Z\)/);
  expect([await fixture.engine.isAccepted(accessToken), await fixture.engine.isAccepted(other)]).toEqual([true, true]);
  await expect(stored()).rejects.toBeInstanceOf(NotAuthorizedYet);
  await stored('other');
});

it('revoke ends the one grant and leaves the grants of other people alone', async () => {
  const accessToken = await authorize();
  const other = await authorize('other', ALL, 'blake.backup@example.com');
  const { stdout } = await revoke('--json');
  expect(JSON.parse(stdout)).toMatchObject({ webex: 'revoked' });
  expect([await fixture.engine.isAccepted(accessToken), await fixture.engine.isAccepted(other)]).toEqual([false, true]);
});

it('revoke leaves the only grant at Webex if another credential may use it', async () => {
  await authorize();
  const other = await authorize('other');
  // The refresh token of one grant is expired, and its access token is still valid.
  const [refreshToken] = fixture.webex.grants.list().filter(({ type }) => type === 'refresh');
  fixture.webex.grants.discardToken(refreshToken as NonNullable<typeof refreshToken>);
  const { stdout } = await revoke('--json');
  expect(JSON.parse(stdout)).toMatchObject({ vault: 'deleted', webex: 'ambiguous' });
  expect(await fixture.engine.isAccepted(other)).toBe(true);
});

it.each([
  ['with 503', { status: 503 }, /Webex answered 503 to people\/me/, 4],
  ['with 429', { status: 429, path: '/v1/authorizations' }, /Webex answered 429 to authorizations: /, 4],
  ['not at all', { dropConnection: true }, /no answer from Webex/, 4],
  ['with a page of somebody else', { status: 200, body: 'html' as const }, /something that is not a Webex reply/, 1],
])('revoke changes nothing if Webex answers %s', async (_, fault, line, code) => {
  const accessToken = await authorize();
  fixture.webex.behavior.fault = fault;
  const { exitCode, stdout, stderr } = await revoke();
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr).toMatch(/^error: [^\n]*; nothing was changed; .* revoke testauth --vault-only\n$/);
  fixture.webex.behavior.fault = undefined;
  expect((await stored()).accessToken).toBe(accessToken);
  expect(await fixture.engine.isAccepted(accessToken)).toBe(true);
});

it.each([
  [
    'refuses for now to end it',
    { status: 503 },
    /^error: Webex answered 503 to authorizations\/\S+: .*; nothing was changed/,
  ],
  [
    'does not answer to ending it',
    { dropConnection: true },
    /^error: Webex's answer was lost .*; nothing was deleted in Vault; run the command again\n$/,
  ],
])('revoke deletes nothing in Vault if Webex %s', async (_, fault, line) => {
  const accessToken = await authorize();
  fixture.webex.behavior.fault = { ...fault, path: '/v1/authorizations/' };
  const { exitCode, stderr } = await revoke();
  expect(stderr).toMatch(line);
  expect(exitCode).toBe(4);
  expect((await stored()).accessToken).toBe(accessToken);
});

it.each([
  [[], /Delete "testauth" at \S+, and revoke its grant at Webex\? Its apps/],
  [['--vault-only'], /Delete "testauth" at \S+, and leave its grant at Webex\? Its apps/],
])('revoke asks for confirmation with %j, and says what will end', async (args, question) => {
  const accessToken = await authorize();
  const env = { ...fixture.environment, VAULT_ADDR: fixture.server.address, VAULT_TOKEN: token };
  const { exitCode, screen } = await runOnTerminal('revoke', ['testauth', ...args], env, [['authorize it again', 'n']]);
  // eslint-disable-next-line no-control-regex -- what a prompt colors
  expect(screen.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll(/\s+/g, ' ')).toMatch(question);
  expect(exitCode).toBe(1);
  expect(await fixture.engine.isAccepted(accessToken)).toBe(true);
  await stored();
});

it('revoke deletes in Vault a grant that Webex ended earlier, and does not claim to have ended it', async () => {
  await authorize();
  fixture.webex.grants.revokeAll();
  const { exitCode, stdout } = await revoke();
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Webex does not accept its access token any more, so the grant was not revoked there');
});

it('revoke deletes in Vault a grant without a token, because Webex cannot be asked for it', async () => {
  await authorize();
  fixture.webex.grants.revokeAll();
  await fixture.engine.forceRefresh(fixture.admin, 'testauth');
  const warned = await revoke('--json');
  expect(JSON.parse(warned.stdout)).toMatchObject({ vault: 'deleted', webex: 'unknown' });

  await givingExpired(fixture.webex, () => fixture.engine.authorize(fixture.admin, 'testauth', { scopes: ALL }));
  fixture.webex.grants.revokeAll();
  const asked = askedOf('/v1/authorizations') + askedOf('/v1/people');
  const broken = await revoke();
  expect(broken.stdout).toContain('there is no access token to ask Webex with');
  expect(askedOf('/v1/authorizations') + askedOf('/v1/people')).toBe(asked);
  await expect(stored()).rejects.toBeInstanceOf(NotAuthorizedYet);
});

it('revoke has printed no code, token or secret', () => {
  const text = printed.join('\n') + fixture.server.log;
  const secrets = [...fixture.issued, fixture.clientSecret, token];
  expect(fixture.issued.length).toBeGreaterThan(10);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});
