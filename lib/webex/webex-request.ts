import { notWebex, webexReply } from '#core';
import type { z } from 'zod';
import { exchange, type RequestLimits } from './http-exchange';

export interface WebexOptions extends RequestLimits {
  /** Base URL of the API, such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  /** @default - none, which Webex refuses with 401 */
  readonly accessToken?: string;
}

export interface WebexRequest extends WebexOptions {
  readonly method: 'GET' | 'DELETE';
  /** Path below the API's base URL, such as `people/me`. Errors name it. */
  readonly path: string;
  /** @default - none */
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * One request to Webex's API.
 *
 * @param reply schema of Webex's answer, which is undefined if the answer has no content (204)
 * @throws WebexResponseError, WebexUnreachableError, the signal's reason
 */
export async function webexRequest<T>(request: WebexRequest, reply: z.ZodType<T>): Promise<T> {
  const { apiUrl, accessToken, method, path, query = {}, timeoutMs, signal } = request;
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/${path}`);
  Object.entries(query).forEach(([name, value]) => url.searchParams.set(name, value));
  const headers: Record<string, string> = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return exchange({ method, url, headers, apiUrl, timeoutMs, signal }, ({ status, text }) => {
    const json = status === 204 ? undefined : webexReply({ status, text }, apiUrl, path, [accessToken ?? '']);
    const parsed = reply.safeParse(json);
    if (!parsed.success) {
      throw notWebex(apiUrl, path);
    }
    return parsed.data;
  });
}
