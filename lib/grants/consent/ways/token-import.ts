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
 * A refresh token that exists already: a person's from another store, or a Service App's first one, which the developer
 * portal shows.
 */

export interface TokenImportOptions extends ImportOptions {
  readonly clientSecret: AskForSecret;
  readonly refreshToken: AskForSecret;
}

/**
 * Refreshes the token once, because only an access token tells its account, and has the engine keep the new pair. If Webex
 * rotates refresh tokens, the given one is then invalid for everybody else who used it.
 *
 * @throws WrongAccount, with the credential as it was; GrantRefused if the token is invalid, or of another integration;
 *   ExplainedError; the signal's reason
 */
export async function importGrant(options: TokenImportOptions): Promise<Grant> {
  const credential = findCredential(options.deployment, options.credentialName);
  const expected = isServiceApp(credential)
    ? organizationAccount(credential.serviceApp.organizationId)
    : options.expected;
  const prepared = await prepareImport({ way: '--import', ...options, expected });
  const { stored, signal, notice } = prepared;
  const clientSecret = await givenSecret(options.clientSecret, 'client secret');
  const refreshToken = await givenSecret(options.refreshToken, 'refresh token');
  signal.throwIfAborted();
  const obtainedAt = new Date();
  const { clientId, tokenUrl } = stored;
  // Not ended by a signal: Webex's answer may be all that is left of the grant.
  const pair = await refreshPair({ tokenUrl, clientId, clientSecret, refreshToken });
  const grant = await importPair(prepared, pair, obtainedAt, {
    did: 'is whose refresh token that is',
    advice: (email) => `give one that Webex gave to ${email}`,
  }).catch((error: unknown) => {
    throw lastWord(error, prepared, pair, refreshToken);
  });
  if (pair.refreshTokenTtlSeconds === undefined) {
    notice(
      'Webex did not say how long the refresh token still lives, so the horizon in status may be later than its end.',
    );
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
    `${describeError(error)}; and the refresh token that was given is no good any more, as Webex replaced it by one that this command alone had: ${next}, with ${again}`,
  );
}
