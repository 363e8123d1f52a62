import type { IncomingHttpHeaders } from 'node:http';
import { ExplainedError, HttpTransport, noAnswer } from '#core';

export interface RequestLimits {
  /** Longest wait for the answer. @default 30000 */
  readonly timeoutMs?: number;
  /** Signal that aborts the request. @default - none */
  readonly signal?: AbortSignal;
}

export interface Exchange extends RequestLimits {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** @default - none */
  readonly body?: string;
  /** Base URL of the API, as errors name it. */
  readonly apiUrl: string;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One request to Webex over a connection of its own.
 *
 * @param read parser of the answer; its ExplainedError is thrown unchanged
 * @throws WebexUnreachableError if there is no answer; the signal's reason
 */
export async function exchange<T>(
  { apiUrl, timeoutMs = 30_000, signal, headers, ...request }: Exchange,
  read: (answer: ExchangeAnswer) => T,
): Promise<T> {
  const transport = new HttpTransport();
  try {
    const answer = await transport.send({
      ...request,
      headers: { accept: 'application/json', ...headers },
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      signal,
    });
    return read({ status: answer.status, headers: answer.headers, text: await answer.body.text() });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ExplainedError ? error : noAnswer(apiUrl, error);
  } finally {
    await transport.close();
  }
}
