import { createHash, randomBytes } from 'node:crypto';
import { exchangeCode } from '../../../webex/token-request';
import { type AskForSecret, confirmedSecret } from '../confirmed-secret';
import { consentInBrowser, type BrowserOptions } from '../consent';
import type { Grant } from '../grant';
import { importPair } from './grant-import';
import { type ImportOptions, prepareImport, type PreparedImport } from './prepared-import';

/*
 * The authorization code grant with PKCE, which the engine does not support. The command exchanges the code, checks the
 * account, and then has the engine keep the grant.
 */

export interface PreparePkceOptions extends ImportOptions {
  readonly clientSecret: AskForSecret;
}

/** A consent that nothing is missing for. Any number of people may try. */
export interface PreparedPkce extends PreparedImport {
  readonly clientSecret: string;
}

/** Checks before a person is asked. @throws ExplainedError for the first thing that is missing; the signal's reason */
export async function preparePkce(options: PreparePkceOptions): Promise<PreparedPkce> {
  const prepared = await prepareImport(options);
  return { ...prepared, clientSecret: await confirmedSecret(prepared, options.clientSecret) };
}

/**
 * Page at Webex that asks for the consent.
 *
 * @param state value that Webex returns with the code
 * @param codeVerifier secret of 43 to 128 characters that makes a leaked code useless. See RFC 7636
 * @see https://developer.webex.com/docs/login-with-webex#authorization-endpoint
 */
export function pkceUrl(prepared: PreparedPkce, state: string, codeVerifier: string): string {
  const { stored, integration, credential, expected } = prepared;
  const url = new URL(stored.consentUrl);
  const asked = {
    response_type: 'code',
    client_id: stored.clientId,
    redirect_uri: integration.redirectUrl,
    scope: credential.scopes.join(' '),
    state,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(expected?.email === undefined ? {} : { login_hint: expected.email }),
  };
  Object.entries(asked).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.href;
}

/**
 * Exchanges a code, checks the account, and has the engine keep the grant. A signal does not end the exchange, because
 * Webex accepts a code only once.
 *
 * @throws WrongAccount, with the credential unchanged; ExplainedError for every other problem that a person can solve
 */
export async function finishPkce(prepared: PreparedPkce, code: string, codeVerifier: string): Promise<Grant> {
  const { stored, clientSecret, integration } = prepared;
  const { tokenUrl, clientId } = stored;
  const obtainedAt = new Date();
  const redirectUri = integration.redirectUrl;
  const pair = await exchangeCode({ tokenUrl, clientId, clientSecret, redirectUri, codeVerifier, code });
  return importPair(prepared, pair, obtainedAt);
}

export interface PkceOptions extends PreparePkceOptions, BrowserOptions {}

/**
 * Has a person consent once on this machine, also to replace a working grant.
 *
 * @throws WrongAccount, with the credential unchanged; ExplainedError for every other problem that a person can solve; the
 *   signal's reason
 */
export async function authorizeByPkce(options: PkceOptions): Promise<Grant> {
  const prepared = await preparePkce({ way: '--pkce', ...options });
  const codeVerifier = randomBytes(32).toString('base64url');
  return consentInBrowser(
    prepared,
    options,
    (state) => pkceUrl(prepared, state, codeVerifier),
    (code) => finishPkce(prepared, code, codeVerifier),
  );
}
