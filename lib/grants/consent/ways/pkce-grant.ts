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

export interface PkceOptions extends ImportOptions, BrowserOptions {
  readonly clientSecret: AskForSecret;
}

/**
 * Has a person consent once, also to replace a working grant.
 *
 * @throws WrongAccount, with the credential unchanged; ExplainedError for every other problem that a person can solve; the
 *   signal's reason
 */
export async function authorizeByPkce(options: PkceOptions): Promise<Grant> {
  const prepared = await prepareImport({ way: '--pkce', ...options });
  const { tokenUrl, clientId } = prepared.stored;
  const clientSecret = await confirmedSecret(prepared, options.clientSecret);
  // 256 random bits, which make a leaked code useless. See RFC 7636.
  const codeVerifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(codeVerifier).digest('base64url');
  return consentInBrowser(
    prepared,
    options,
    (state) => consentUrl(prepared, state, challenge),
    async (code) => {
      const obtainedAt = new Date();
      const redirectUri = prepared.integration.redirectUrl;
      // A signal does not end this request, because Webex accepts a code only once.
      const pair = await exchangeCode({ tokenUrl, clientId, clientSecret, redirectUri, codeVerifier, code });
      return importPair(prepared, pair, obtainedAt);
    },
  );
}

/** @see https://developer.webex.com/docs/login-with-webex#authorization-endpoint */
function consentUrl({ stored, integration, credential, expected }: PreparedImport, state: string, challenge: string) {
  const url = new URL(stored.consentUrl);
  const asked = {
    response_type: 'code',
    client_id: stored.clientId,
    redirect_uri: integration.redirectUrl,
    scope: credential.scopes.join(' '),
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(expected?.email === undefined ? {} : { login_hint: expected.email }),
  };
  Object.entries(asked).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.href;
}
