import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { VaultUnreachableError } from '../../../core/src/vault/vault-errors';
import { inspect } from 'node:util';
import { readCredential } from '../../../core/src/vault/credential';
import {
  AuthorizationPending,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultSealed,
} from '../../../core/src/vault/credential-errors';
import { ExplainedError } from '../../../core/src/explained-error';
import { exitCodeOf } from '../../../core/src/command/exit-codes';
import { credentialAnswer, refusal, ScriptedVault, type ScriptedAnswer } from '../../fixtures/loopback/scripted-vault';

async function read(answer: ScriptedAnswer) {
  await using server = await ScriptedVault.start();
  server.answer('oauthapp/creds/testauth', answer);
  return await readCredential(new VaultConnection({ address: server.address, token: 't' }), 'oauthapp', 'testauth');
}

it('the reader returns token, expiry and warnings', async () => {
  const expiry = new Date('2026-12-07T22:36:17.464Z');
  const reading = await read(credentialAnswer('the-token', expiry, ['1 attempt(s) to refresh this token failed']));
  expect(reading.accessToken).toBe('the-token');
  expect(reading.expireTime).toEqual(expiry);
  expect(reading.warnings).toEqual(['1 attempt(s) to refresh this token failed']);
});

it('the token appears in no inspection, string or JSON', async () => {
  const reading = await read(credentialAnswer('the-token', undefined, ['it was the-token']));
  const shown = [inspect(reading, { showHidden: true, depth: 9 }), JSON.stringify(reading)].join();
  expect(shown).toContain('webex-myapp');
  expect(shown).not.toContain('the-token');
});

it.each([
  [
    'missing',
    refusal(404),
    NotAuthorizedYet,
    3,
    /has no grant: nobody authorized it, or its grant was revoked; run: npx --no-install webex-token-vault authorize testauth/,
  ],
  [
    'begun elsewhere, to which nobody has consented',
    refusal(400, 'device code exchange failed: server rejected request: expired_token: Bad Request'),
    ReauthorizationRequired,
    3,
    /nobody finished the consent .* begun elsewhere .*authorize testauth/,
  ],
  ['pending', refusal(400, 'token pending issuance'), AuthorizationPending, 3, /waits for a consent/],
  [
    'revoked',
    refusal(400, 'refresh failed: server rejected request: invalid_grant: gone'),
    ReauthorizationRequired,
    3,
    /\(refresh failed: server rejected request: invalid_grant: gone\); authorize it again/,
  ],
  [
    'refused with the client',
    refusal(400, 'refresh failed: server rejected request: invalid_client: the secret of an invalid_grant'),
    IntegrationRefused,
    1,
    /Webex refuses the integration of credential "testauth", but not its grant .*check the client secret of that/,
  ],
  [
    'whose grant is refused with one of two client secrets',
    refusal(
      400,
      'refresh failed: provider request failed for all client secrets:\n\t\t* server rejected request: invalid_client\n\t\t* server rejected request: invalid_grant: gone',
    ),
    ReauthorizationRequired,
    3,
    /invalid_grant: gone\); authorize it again/,
  ],
  [
    'whose refresh fails for a reason that nobody knows',
    refusal(400, 'refresh failed: who knows'),
    ExplainedError,
    1,
    /does not hand out .*: refresh failed: who knows/,
  ],
  ['expired', refusal(400, 'token expired'), TemporarilyUnavailable, 4, /could not be refreshed yet; try again later/],
  [
    'without its integration',
    refusal(400, 'server "x" has configuration problems: server configuration does not exist (was it deleted?)'),
    NotDeployed,
    1,
    /integration of credential "testauth" is broken .* deploy webex-tokens/,
  ],
  [
    'not permitted',
    refusal(403, '1 error occurred:\n\t* permission denied\n\n'),
    NotPermitted,
    5,
    /may not read credential "testauth": .* lack "read" on oauthapp\/creds\/testauth/,
  ],
  ['behind a sealed server', refusal(503, 'Vault is sealed'), VaultSealed, 4, /is sealed; unseal it/],
  ['behind a failing server', refusal(500, 'internal error'), TemporarilyUnavailable, 4, /500: internal error/],
  ['behind a busy server', refusal(429, 'rate limit'), TemporarilyUnavailable, 4, /429: rate limit/],
  ['on no engine', refusal(404, 'no handler for route "oauthapp/"'), NotDeployed, 1, /no oauthapp engine is mounted/],
  ['in a state that nobody knows', refusal(400, 'who knows'), ExplainedError, 1, /does not hand out .*: who knows/],
])('the reader throws its own error for a credential %s', async (_, answer, kind, exitCode, message) => {
  const error: unknown = await read(answer).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(kind);
  expect(exitCodeOf(error as Error)).toBe(exitCode);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toMatch(/\n/);
});

it.each(['unauthorized_client', 'invalid_request', 'unsupported_grant_type', 'invalid_scope'])(
  'the reader treats %s as a refusal of the integration, because no consent would fix it',
  async (code) => {
    const refused = read(refusal(400, `refresh failed: server rejected request: ${code}`));
    await expect(refused).rejects.toBeInstanceOf(IntegrationRefused);
  },
);

it('the reader throws VaultUnreachableError if Vault does not answer', async () => {
  const server = await ScriptedVault.start();
  const { address } = server;
  await server[Symbol.asyncDispose]();
  await expect(readCredential(new VaultConnection({ address }), 'oauthapp', 'testauth')).rejects.toThrow(
    VaultUnreachableError,
  );
});

it('the reader refuses an answer that is not a credential', async () => {
  await expect(read({ body: { data: { hello: 'world' } } })).rejects.toThrow(/something that is not a Vault reply/);
});

it('the reader requests no name that contains half a character', async () => {
  const vault = new VaultConnection({ address: 'http://127.0.0.1:1', token: 't' });
  const refused = readCredential(vault, 'oauthapp', 'a/\ud800');
  await expect(refused).rejects.toBeInstanceOf(ExplainedError);
  await expect(refused).rejects.toThrow('no credential is called "\\ud800", which has half a character in it');
});
