import { ExplainedError } from '#core';
import type { BrowserPage } from '../browser/browser-page';
import { RedirectListener } from '../browser/redirect-listener';
import { visit, withOutcome } from '../browser/visit';
import type { Deployment } from '../declaration/schema/deployment';
import type { OidcRole } from '../declaration/derived/oidc-method';
import { graceSignal } from '../vault/grace-signal';
import type { VaultClient } from '../vault/vault-client';
import { OidcAttempt, type OidcOperatorLogin } from './oidc-attempt';
import { loopbackPlace } from './oidc-place';

/*
 * Login of a person as an operator, in the browser, at the identity provider of the organization. `bao login -method=oidc`
 * does the same.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/jwt#oidc-authorization-url-request
 */

export interface OidcLoginOptions {
  /** Without a token, in the namespace of the deployment. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly operator: string;
  /**
   * Shows the page of the identity provider, or logs in itself. The listener for the redirect is ready by then.
   *
   * @param over aborted once the redirect has come, or the wait is over
   */
  readonly onUrl: (url: string, over: AbortSignal) => void | Promise<void>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** @throws UsageError if the declaration allows no such login; ExplainedError; the signal's reason */
export async function logInByOidc(options: OidcLoginOptions): Promise<OidcOperatorLogin> {
  const { vault, onUrl, timeoutSeconds, signal } = options;
  const place = loopbackPlace(options.deployment, options.operator);
  await using channel = await RedirectListener.bind(place.redirectUrl);
  const attempt = await OidcAttempt.begin(vault.endedBy(signal), place);
  const received = await visit({
    channel,
    expected: attempt.expected,
    show: (over) => onUrl(attempt.url, over),
    timeoutSeconds,
    tooLate: () => new ExplainedError(`nobody logged in within ${timeoutSeconds} s; run it again`),
    signal,
  });
  return await withOutcome(received, loggedInPage(place.role), async () => {
    // Not aborted at once, because the token of an answer that is dropped could not be revoked.
    const login = await attempt.finish(vault.endedBy(graceSignal(signal)), received.code);
    if (signal.aborted) {
      await vault
        .withToken(login.token)
        .connection.revokeToken()
        .catch(() => undefined);
    }
    signal.throwIfAborted();
    return login;
  });
}

function loggedInPage({ operator }: OidcRole): BrowserPage {
  const text = `You act as the ${operator} now. You can close this window; the terminal has the Vault token.`;
  return { status: 200, tone: 'good', title: 'Logged in', text };
}
