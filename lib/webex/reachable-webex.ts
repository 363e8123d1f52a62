import { describeError, explainedBy, notWebex, webexReply, WebexResponseError } from '#core';
import { exchange } from './http-exchange';
import { endpointUrl } from './oauth-request';

/**
 * Checks that this machine reaches Webex, before a person consents there. Otherwise the account could not be checked after
 * the consent.
 *
 * @throws ExplainedError unless Webex refuses a request without a token; the signal's reason
 */
export async function checkWebex(apiUrl: string, signal?: AbortSignal): Promise<void> {
  try {
    await askAsNobody(apiUrl, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainedBy(
      error,
      `this machine cannot reach Webex to check the account (${describeError(error)}). Nobody was asked to consent, and nothing was changed; set HTTPS_PROXY if this machine needs a proxy, or use another machine`,
    );
  }
}

/**
 * @returns the time of Webex's clock, if the answer has it
 * @throws WebexResponseError, WebexUnreachableError unless Webex refuses a request without a token; the signal's reason
 */
export async function askAsNobody(apiUrl: string, signal?: AbortSignal): Promise<Date | undefined> {
  const path = 'people/me';
  const request = { method: 'GET', url: new URL(endpointUrl(apiUrl, path)), headers: {}, apiUrl, signal } as const;
  return exchange(request, ({ status, headers, text }) => {
    try {
      webexReply({ status, text }, apiUrl, path, []);
    } catch (error) {
      if (error instanceof WebexResponseError && error.statusCode === 401) {
        const date = new Date(headers.date ?? '');
        return Number.isNaN(date.getTime()) ? undefined : date;
      }
      throw error;
    }
    throw notWebex(apiUrl, path);
  });
}
