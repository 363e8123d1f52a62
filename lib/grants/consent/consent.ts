import { ExplainedError, oneLine } from '#core';
import type { BrowserPage } from '../../browser/browser-page';
import { RedirectState } from '../../browser/redirect';
import { RedirectListener } from '../../browser/redirect-listener';
import { visit, withOutcome } from '../../browser/visit';
import { deployCommand } from '../../declaration/deploy-command';
import { declaringFile } from '../../declaration/deployment-file';
import { consentRefusal, noConsentPage } from '../../webex/consent-refusal';
import { consentRefused } from './consent-refused';
import type { GrantRun } from './grant';
import { PastedRedirect, type AskForRedirect } from './pasted-redirect';

/*
 * One consent: a person visits a URL at Webex, and the browser comes back with a code.
 */

/**
 * Shows the URL to the person who consents. It may run until the consent arrives.
 *
 * @param over aborted when the consent has arrived or the wait has ended
 */
export type ShowUrl = (url: string, over: AbortSignal) => void | Promise<void>;

/** How a person consents in a browser. */
export interface BrowserOptions {
  /** May itself consent, because the listener is ready before the URL is shown. */
  readonly onUrl: ShowUrl;
  /** Gets the redirected URL that a person pastes. @default - a listener at the redirect URL */
  readonly askForRedirect?: AskForRedirect;
  /** @default 300 */
  readonly timeoutSeconds?: number;
}

/** Longest wait for the check of the consent page. */
const CHECK_TIMEOUT_MS = 10_000;

/**
 * Has a person consent, and shows the outcome in the browser.
 *
 * @param urlFor gives the URL at Webex that asks for a state
 * @param work uses the code
 * @throws ConsentRefused; ExplainedError if nobody consents in time; the signal's reason
 */
export async function consentInBrowser<T>(
  run: GrantRun,
  { onUrl, askForRedirect, timeoutSeconds = 300 }: BrowserOptions,
  urlFor: (state: string) => string | Promise<string>,
  work: (code: string) => Promise<T>,
): Promise<T> {
  const { integration, credential, signal } = run;
  await using channel =
    askForRedirect === undefined
      ? await RedirectListener.bind(integration.redirectUrl, 'use --no-browser')
      : new PastedRedirect(integration.redirectUrl, askForRedirect);
  const state = new RedirectState();
  const url = await urlFor(state.value);
  await requireConsentPage(run, url);
  const asked = { integration: integration.name, scopes: credential.scopes };
  const received = await visit({
    channel,
    expected: { state, explain: (error, said) => consentRefused(asked, error, said) },
    show: (over) => onUrl(url, over),
    timeoutSeconds,
    tooLate: () =>
      new ExplainedError(
        `nobody consented within ${timeoutSeconds} s; nothing was changed; run the command again, with a longer --timeout if necessary`,
      ),
    signal,
  });
  return await withOutcome(received, authorizedPage(credential.name), () => work(received.code));
}

export function authorizedPage(credentialName: string): BrowserPage {
  const text = `Vault has stored the grant of "${credentialName}". You can close this window. The terminal shows the details.`;
  return { status: 200, tone: 'good', title: 'Authorized', text };
}

/**
 * Checks that Webex would send the browser back. If the redirect URL is not registered, Webex shows an error page and does
 * not redirect. A failure of this request is ignored, because Webex may still answer the browser.
 *
 * @throws ExplainedError if Webex would refuse; the signal's reason
 */
export async function requireConsentPage(
  { integration, credential, signal }: GrantRun,
  askedUrl: string,
): Promise<void> {
  const { name, redirectUrl } = integration;
  const url = new URL(askedUrl);
  // A code in answer to this request has the wrong state, so the listener would ignore it.
  url.searchParams.set('state', 'check');
  const options = { timeoutMs: CHECK_TIMEOUT_MS, signal };
  const refusal = await consentRefusal(url, redirectUrl, options).catch(() => undefined);
  signal.throwIfAborted();
  if (refusal === undefined) {
    return;
  }
  const { status, error, said = error } = refusal;
  if (error === undefined || said === undefined) {
    const client = { name, clientId: url.searchParams.get('client_id') ?? '', redirectUrl };
    throw new ExplainedError(
      `${noConsentPage(status, client)}. Nothing was changed; correct them at developer.webex.com/my-apps or in ${declaringFile()}, then: ${deployCommand()}`,
    );
  }
  const refused = consentRefused({ integration: name, scopes: credential.scopes }, oneLine(error), oneLine(said));
  if (!refused.isTransient) {
    throw refused;
  }
}
