import { ExplainedError, HttpTransport, noAnswer, notWebex, webexReply } from '#core';
import type { z } from 'zod';

export interface WebexOptions {
  /** Such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  /** @default - none, which Webex refuses with 401 */
  readonly accessToken?: string;
  /** Longest wait for the answer. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends the request. @default - none */
  readonly signal?: AbortSignal;
}

export interface WebexRequest extends WebexOptions {
  readonly method: 'GET' | 'DELETE';
  /** Below the API's base URL, as errors name it, such as `people/me`. */
  readonly path: string;
  /** @default - none */
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * One request to Webex's API.
 *
 * @param reply what Webex answers with; undefined where the answer has no content (204)
 * @throws WebexResponseError, WebexUnreachableError, the signal's reason
 */
export async function webexRequest<T>(request: WebexRequest, reply: z.ZodType<T>): Promise<T> {
  const { apiUrl, accessToken, method, path, query = {}, timeoutMs = 30_000, signal } = request;
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/${path}`);
  Object.entries(query).forEach(([name, value]) => url.searchParams.set(name, value));
  const transport = new HttpTransport();
  try {
    const { status, body } = await transport.send({
      method,
      url,
      headers: {
        accept: 'application/json',
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      },
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      signal,
    });
    const text = await body.text();
    const json = status === 204 ? undefined : webexReply({ status, text }, apiUrl, path, [accessToken ?? '']);
    const parsed = reply.safeParse(json);
    if (!parsed.success) {
      throw notWebex(apiUrl, path);
    }
    return parsed.data;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ExplainedError ? error : noAnswer(apiUrl, error);
  } finally {
    await transport.close();
  }
}
