import { createHash, randomBytes } from 'node:crypto';
import { RedirectState } from '../../../browser/redirect';
import { RedirectListener } from '../../../browser/redirect-listener';
import { withOutcome } from '../../../browser/visit';
import { exchangeCode } from '../../../webex/token-request';
import { type AskForSecret, confirmedSecret } from '../confirmed-secret';
import { awaitConsent, type ShowUrl } from '../consent';
import { authorizedPage } from '../consent-page';
import { importPair } from './grant-import';
import { type ImportOptions, prepareImport, type PreparedImport } from './prepared-import';
import { type AskForRedirect, PastedRedirect } from '../pasted-redirect';
import type { Grant } from '../grant';

/*
 * The authorization code grant with PKCE, which the engine cannot do: the command exchanges the code, looks whose account
 * it is, and has the engine keep the grant then.
 */

export interface PkceOptions extends ImportOptions {
  readonly clientSecret: AskForSecret;
  /** Shows the URL to whoever consents. May itself consent: the redirect is listened for before it is called. */
  readonly onUrl: ShowUrl;
  /** How the redirected URL is pasted, on a machine without a browser. @default - listens on the redirect URL */
  readonly askForRedirect?: AskForRedirect;
  /** How long the consent may take. @default 300 */
  readonly timeoutSeconds?: number;
}

/** What a code is good with, and nobody else has: it never leaves this process before the exchange. @see RFC 7636 */
class Pkce {
  /** 256 random bits. */
  readonly verifier = randomBytes(32).toString('base64url');
  readonly challenge = createHash('sha256').update(this.verifier).digest('base64url');
}

/**
 * Has a person consent, once, also where it replaces what works.
 *
 * @throws WrongAccount, with the credential as it was; ExplainedError for everything that a person can act on; the
 *   signal's reason
 */
export async function authorizeByPkce(options: PkceOptions): Promise<Grant> {
  const { askForRedirect, onUrl, timeoutSeconds = 300, signal = new AbortController().signal } = options;
  const prepared = await prepareImport({ way: '--pkce', ...options });
  const { integration, credential, clientId, tokenUrl } = prepared;
  const { redirectUrl } = integration;
  const clientSecret = await confirmedSecret(prepared, options.clientSecret);
  await using channel =
    askForRedirect === undefined
      ? await RedirectListener.bind(redirectUrl, 'use --no-browser')
      : new PastedRedirect(redirectUrl, askForRedirect);
  const [state, pkce] = [new RedirectState(), new Pkce()];
  const room = { integration, credential, channel, onUrl, timeoutSeconds, signal };
  const received = await awaitConsent(room, state, consentUrl(prepared, state, pkce));
  return await withOutcome(received, authorizedPage(credential.name), async () => {
    const obtainedAt = new Date();
    const exchange = { tokenUrl, clientId, clientSecret, redirectUri: redirectUrl, codeVerifier: pkce.verifier };
    // Not ended by a signal: Webex takes a code once.
    const pair = await exchangeCode({ ...exchange, code: received.code });
    return importPair(prepared, pair, obtainedAt);
  });
}

/** @see https://developer.webex.com/docs/login-with-webex#authorization-endpoint */
function consentUrl(prepared: PreparedImport, state: RedirectState, { challenge }: Pkce): string {
  const { clientId, integration, credential, expected } = prepared;
  const url = new URL(prepared.consentUrl);
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: integration.redirectUrl,
    scope: credential.scopes.join(' '),
    state: state.value,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(expected?.email === undefined ? {} : { login_hint: expected.email }),
  };
  Object.entries(asked).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.href;
}
