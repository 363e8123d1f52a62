import { describeError, explainedBy, notWebex, webexReply, WebexResponseError } from '#core';
import { exchange } from './exchange';
import { endpointUrl } from './oauth-request';

/**
 * Checks that this machine reaches Webex, before a person consents there. Otherwise nobody could check later which
 * account consented.
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
      `Webex cannot be asked from this machine whose account consents (${describeError(error)}), so nobody was asked to consent, and nothing was changed; set HTTPS_PROXY where a proxy leads there, or run it where Webex can be reached`,
    );
  }
}

/**
 * @returns the time of Webex's clock, if the answer has it
 * @throws WebexResponseError, WebexUnreachableError unless Webex refuses a request without a token; the signal's reason
 */
export async function askAsNobody(apiUrl: string, signal?: AbortSignal): Promise<Date | undefined> {
  const path = 'people/me';
  return exchange(
    { method: 'GET', url: new URL(endpointUrl(apiUrl, path)), headers: {}, apiUrl, signal },
    ({ status, headers, text }) => {
      const refused = refusalIn({ status, text }, apiUrl, path);
      if (refused.statusCode !== 401) {
        throw refused;
      }
      const date = new Date(headers.date ?? '');
      return Number.isNaN(date.getTime()) ? undefined : date;
    },
  );
}

/** @throws WebexUnreachableError if the answer is no refusal: Webex refuses a request without a token */
function refusalIn(answer: { status: number; text: string }, apiUrl: string, path: string): WebexResponseError {
  try {
    webexReply(answer, apiUrl, path, []);
  } catch (error) {
    if (error instanceof WebexResponseError) {
      return error;
    }
    throw error;
  }
  throw notWebex(apiUrl, path);
}
