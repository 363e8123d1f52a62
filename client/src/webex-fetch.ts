import type { z } from 'zod';
import type { CredentialReading } from './credential';
import { nextPage } from './link-header';
import { retry, type RetryOptions } from './retry';
import { retryAfterMs } from './retry-after';
import type { TokenSource } from './token-source';
import { ExplainedError } from './explained-error';
import { noAnswer, notWebex, readJson } from './webex-client';

export interface WebexFetchOptions {
  readonly tokens: Pick<TokenSource, 'token' | 'reject'>;
  /** The only places that ever get the token; https, or on loopback. @default ["https://webexapis.com"] */
  readonly origins?: readonly string[];
  /** Longest wait for one answer. @default 30000 */
  readonly timeoutMs?: number;
  /** How rate limits, outages and lost connections are retried. @default - four attempts within some seconds */
  readonly retry?: RetryOptions;
}

export interface WebexRequest extends Omit<RequestInit, 'signal' | 'headers'> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Methods that may be sent twice without doing twice. @see RFC 9110, 9.2.2 */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/**
 * `fetch` with the access token of a {@link TokenSource}.
 *
 * A 401 is retried once, with the token read anew. 429, 5xx and lost connections are retried as `Retry-After` asks;
 * what is not safe to repeat only where Webex has not begun with it (429). The last answer is returned, whatever its
 * status is, as `fetch` does.
 */
export class WebexFetch {
  readonly #options: WebexFetchOptions;
  readonly #origins: readonly string[];

  /** @throws ExplainedError where an origin would get the token in clear over a network */
  constructor(options: WebexFetchOptions) {
    this.#options = options;
    this.#origins = (options.origins ?? ['https://webexapis.com']).map(safeOrigin);
  }

  /**
   * @throws ExplainedError where the URL is not at one of the origins, WebexUnreachableError, or
   *   an error of TokenSource
   */
  async fetch(url: string | URL, request: WebexRequest = {}): Promise<Response> {
    return (await this.#exchange(url, request)).response;
  }

  /** @throws as {@link fetch} does, and WebexResponseError where the answer is not a success */
  async json<T>(url: string | URL, reply: z.ZodType<T>, request: WebexRequest = {}): Promise<T> {
    const { origin, pathname } = new URL(url);
    const { response, token } = await this.#exchange(url, request);
    const json = await readJson(response, origin, pathname, [token.accessToken]).catch((error: unknown) => {
      throw request.signal?.aborted || error instanceof ExplainedError ? error : noAnswer(origin, error);
    });
    const parsed = reply.safeParse(json);
    if (!parsed.success) {
      throw notWebex(origin, pathname);
    }
    return parsed.data;
  }

  /**
   * All pages of a list, as the `Link` headers name them; a link to another origin is not followed.
   *
   * The caller reads each answer before the next, and looks at its status: pages end with the first that is not OK.
   */
  async *pages(url: string | URL, request: WebexRequest = {}): AsyncGenerator<Response, void, undefined> {
    const seen = new Set<string>();
    for (let page: URL | undefined = new URL(url); page && !seen.has(page.href);) {
      seen.add(page.href);
      const response: Response = await this.fetch(page, request);
      page = response.ok ? nextPage(response.headers.get('link'), page) : undefined;
      yield response;
    }
  }

  async #exchange(url: string | URL, request: WebexRequest): Promise<{ response: Response; token: CredentialReading }> {
    const target = new URL(url);
    if (!this.#origins.includes(target.origin)) {
      throw new ExplainedError(
        `the access token is not for ${target.origin}; it goes to ${this.#origins.join(', ')} only, so correct the URL or allow that origin`,
      );
    }
    const { signal } = request;
    let token = await this.#options.tokens.token({ signal });
    let response = await this.#send(target, request, token);
    if (response.status === 401 && isRepeatable(request)) {
      await response.body?.cancel();
      this.#options.tokens.reject(token);
      token = await this.#options.tokens.token({ signal });
      response = await this.#send(target, request, token);
    }
    return { response, token };
  }

  async #send(url: URL, request: WebexRequest, token: CredentialReading): Promise<Response> {
    const { timeoutMs = 30_000, retry: options } = this.#options;
    const idempotent = IDEMPOTENT.includes((request.method ?? 'GET').toUpperCase());
    const headers = new Headers(request.headers);
    headers.set('authorization', `Bearer ${token.accessToken}`);
    let previous: Response | undefined;
    try {
      return await retry(
        async () => {
          // What is not read holds its connection.
          await previous?.body?.cancel();
          const timeout = AbortSignal.timeout(timeoutMs);
          const response = await fetch(url, {
            // Another address would be reached without the token at best.
            redirect: 'error',
            ...request,
            headers,
            signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
          });
          const passes = response.status === 429 || (response.status >= 500 && idempotent);
          if (passes && isRepeatable(request)) {
            previous = response;
            throw new PassingAnswer(response);
          }
          return response;
        },
        (error) => {
          if (error instanceof PassingAnswer) {
            return error;
          }
          return idempotent && isRepeatable(request) && isLostConnection(error) ? {} : undefined;
        },
        { ...options, signal: request.signal },
      );
    } catch (error) {
      if (error instanceof PassingAnswer) {
        return error.response;
      }
      throw request.signal?.aborted ? error : noAnswer(url.origin, error);
    }
  }
}

/** An answer that may be another one later. */
class PassingAnswer extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(readonly response: Response) {
    super(`Webex answered ${response.status}`);
    this.retryAfterMs = retryAfterMs(response.headers.get('retry-after'));
  }
}

/** A stream is spent after the first time. */
function isRepeatable({ body }: WebexRequest): boolean {
  return !(body instanceof ReadableStream);
}

/** Not every error of `fetch` is one of the network: a redirect that is not followed stays one. */
function isLostConnection(error: unknown): boolean {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return name === 'TimeoutError' || cause?.code !== undefined;
}

function safeOrigin(origin: string): string {
  const url = new URL(origin);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new ExplainedError(`${origin} would get the access token in clear over the network; use https`);
  }
  return url.origin;
}
