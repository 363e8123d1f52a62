import { describeError, explainedBy, commandLine } from '#core';
import { findCredential } from '../../../declaration/derived/by-name';
import { isServiceApp } from '../../../declaration/schema/credential-declaration';
import { refreshPair } from '../../../webex/token-request';
import type { TokenPair } from '../../../webex/token-pair';
import { GrantKept, organizationAccount } from '../account';
import { type AskForSecret, givenSecret } from '../confirmed-secret';
import type { Grant } from '../grant';
import { importPair } from './grant-import';
import { type ImportOptions, prepareImport, type PreparedImport } from './prepared-import';

/*
 * The import of a refresh token that exists already: a person's token from another store, or the first token of a Service
 * App, which the developer portal shows.
 */

export interface TokenImportOptions extends ImportOptions {
  readonly clientSecret: AskForSecret;
  readonly refreshToken: AskForSecret;
}

/**
 * Refreshes the token once, because only an access token shows its account, and has the engine keep the new pair. If Webex
 * rotates refresh tokens, the given token is invalid afterwards, also in its former store.
 *
 * @throws WrongAccount, with the credential unchanged; GrantRefused if the token is invalid, or of another integration;
 *   ExplainedError; the signal's reason
 */
export async function importGrant(options: TokenImportOptions): Promise<Grant> {
  const credential = findCredential(options.deployment, options.credentialName);
  const expected = isServiceApp(credential)
    ? organizationAccount(credential.serviceApp.organizationId)
    : options.expected;
  const prepared = await prepareImport({ way: '--import', asksForScopes: false, ...options, expected });
  const { stored, signal, notice } = prepared;
  const clientSecret = await givenSecret(options.clientSecret, 'client secret');
  const refreshToken = await givenSecret(options.refreshToken, 'refresh token');
  signal.throwIfAborted();
  const obtainedAt = new Date();
  const { clientId, tokenUrl } = stored;
  // A signal does not end this request, because Webex's answer may hold the only valid refresh token.
  const pair = await refreshPair({ tokenUrl, clientId, clientSecret, refreshToken });
  const grant = await importPair(prepared, pair, obtainedAt, {
    did: 'is the account of that refresh token',
    advice: (email) => `give a refresh token of ${email}`,
  }).catch((error: unknown) => {
    throw lastWord(error, prepared, pair, refreshToken);
  });
  if (pair.refreshTokenTtlSeconds === undefined) {
    notice('Webex did not say when the refresh token expires, so it may expire before the horizon that status shows.');
  }
  return grant;
}

/** Adds that the given token is invalid, if the engine has not kept its successor. */
function lastWord(error: unknown, { credential }: PreparedImport, pair: TokenPair, given: string): unknown {
  if (error instanceof GrantKept || pair.refreshToken === given) {
    return error;
  }
  const next = isServiceApp(credential) ? 'make a new one at developer.webex.com/my-apps' : 'have a person consent';
  const again = `${commandLine('authorize', credential.name)}${isServiceApp(credential) ? ' --import' : ''}`;
  return explainedBy(
    error,
    `${describeError(error)}. The given refresh token is no longer valid: Webex replaced it, and only this command had the new one; ${next}, with ${again}`,
  );
}
