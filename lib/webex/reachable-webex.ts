import {
  describeError,
  explainedBy,
  ExplainedError,
  HttpTransport,
  noAnswer,
  notWebex,
  webexReply,
  WebexResponseError,
} from '#core';

const TIMEOUT_MS = 30_000;

/**
 * Asks Webex as nobody, before a person is sent to it: only where Webex can be asked from here can it be asked whose
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
  const transport = new HttpTransport();
  const path = 'people/me';
  try {
    const { status, headers, body } = await transport.send({
      method: 'GET',
      url: new URL(`${apiUrl.replace(/\/+$/, '')}/${path}`),
      headers: { accept: 'application/json' },
      headersTimeoutMs: TIMEOUT_MS,
      bodyTimeoutMs: TIMEOUT_MS,
      signal,
    });
    const refused = refusalIn({ status, text: await body.text() }, apiUrl, path);
    if (refused.statusCode !== 401) {
      throw refused;
    }
    const date = new Date(headers.date ?? '');
    return Number.isNaN(date.getTime()) ? undefined : date;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ExplainedError ? error : noAnswer(apiUrl, error);
  } finally {
    await transport.close();
  }
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
