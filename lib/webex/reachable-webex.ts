import { describeError, explainedBy, notWebex, WebexResponseError } from 'webex-token-client/core';
import { peopleMe } from './people-me';

/**
 * Asks Webex as nobody, before a person is sent to it: only where Webex can be asked from here can it be asked whose
 * account consented.
 *
 * @throws ExplainedError unless Webex answers as it does to nobody; the signal's reason
 */
export async function checkWebex(apiUrl: string, signal?: AbortSignal): Promise<void> {
  const answer = await peopleMe({ apiUrl, signal }).then(
    () => notWebex(apiUrl, 'people/me'),
    (error: unknown) => error,
  );
  signal?.throwIfAborted();
  if (!(answer instanceof WebexResponseError && answer.statusCode === 401)) {
    throw explainedBy(
      answer,
      `Webex cannot be asked from this machine whose account consents (${describeError(answer)}), so nobody was asked to consent, and nothing was changed; set HTTPS_PROXY where a proxy leads there, or run it where Webex can be reached`,
    );
  }
}
