import { describeError } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Credential, Deployment, Integration } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { consentRefusal, noConsentPage } from '../../webex/consent-refusal';
import { askAsNobody } from '../../webex/reachable-webex';
import { checkWebexClock } from './clock-check';
import { Problem } from './examination';

/*
 * Checks of Webex that need no person.
 */

/** @throws Problem if this machine cannot reach Webex, or its clock differs from Webex's */
export async function checkWebexReachable(
  { webex: { apiUrl } }: Deployment,
  now: () => Date,
  signal: AbortSignal,
): Promise<string> {
  const date = await askAsNobody(apiUrl, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Problem(
      `this machine cannot reach Webex (${describeError(error)})`,
      'set HTTPS_PROXY if this machine needs a proxy, or skip Webex with --no-webex',
    );
  });
  return `${apiUrl} answers, and ${checkWebexClock(date, now())}`;
}

/** @throws Problem if Webex would refuse a request for consent */
export async function checkWebexClient(
  { webex: { apiUrl } }: Deployment,
  { name, redirectUrl, clientId = '' }: Integration,
  credentials: readonly Credential[],
  signal: AbortSignal,
): Promise<string> {
  for (const scopes of new Set(credentials.map((credential) => credential.scopes.join(' ')))) {
    const url = new URL(`${apiUrl}/authorize`);
    const asked = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUrl,
      scope: scopes,
      state: 'doctor',
    };
    url.search = new URLSearchParams(asked).toString();
    const refusal = await consentRefusal(url, redirectUrl, { signal });
    if (refusal === undefined) {
      continue;
    }
    const { status, error } = refusal;
    if (error === undefined) {
      throw new Problem(
        noConsentPage(status, { name, clientId, redirectUrl }),
        `correct them at developer.webex.com/my-apps or in ${declaringFile()}, then: ${deployCommand()}`,
      );
    }
    throw new Problem(
      `Webex would refuse scopes ${scopes} for integration "${name}" (${/^\w{1,40}$/.test(error) ? error : 'an unknown error'})`,
      `register these scopes at developer.webex.com/my-apps, or correct them in ${declaringFile()}`,
    );
  }
  return 'Webex shows its consent page';
}
