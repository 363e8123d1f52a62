import { describeError, explainedBy, notWebex, webexReply, WebexResponseError } from '#core';
import { exchange } from './exchange';
import { endpointUrl } from './oauth-request';

/**
 * Asks Webex as nobody before a person is sent to it. If Webex cannot be asked from here, nobody can ask it later whose
 * account consented.
 *
 * @throws ExplainedError unless Webex answers as it does to nobody; the signal's reason
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
 * @returns what Webex's clock says, where it says so
 * @throws WebexResponseError, WebexUnreachableError unless Webex answers as it does to nobody; the signal's reason
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

/** @throws WebexUnreachableError where it is no refusal: Webex tells nobody anything */
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
