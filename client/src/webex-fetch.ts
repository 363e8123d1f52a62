import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import {
  type CredentialReading,
  ExplainedError,
  HttpTransport,
  type HttpAnswer,
  NetworkError,
  isLoopback,
  retry,
  type RetryOptions,
  retryAfterMs,
  type Transient,
  noAnswer,
  notWebex,
  webexReply,
  WebexUnreachableError,
} from '#core';
import { nextPage, responseOf } from './webex-response';
import type { TokenSource } from './token-source';

export interface WebexFetchOptions {
  /** Source of the access tokens. */
  readonly tokens: Pick<TokenSource, 'token' | 'reject'>;
  /** Origins that get the token. Each is https, or on loopback. @default ["https://webexapis.com"] */
  readonly origins?: readonly string[];
  /** Longest wait for one answer, and longest silence within it, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Retries after rate limits, outages and lost connections. @default - four attempts within some seconds */
  readonly retry?: RetryOptions;
}

/** The options of `fetch` that {@link WebexFetch} supports. */
export interface WebexRequest extends Pick<RequestInit, 'method' | 'body'> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A Standard Schema, such as one of zod, Valibot or ArkType. @see https://standardschema.dev */
export interface ReplySchema<T> {
  readonly '~standard': {
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

type SchemaResult<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly object[] };

/** Idempotent methods. @see RFC 9110, 9.2.2 */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/**
 * `fetch` with the access token of a {@link TokenSource}.
 *
 * A request that got a 401 is retried once, with a token that is read again. Rate limits (429), outages (5xx) and lost
 * connections are retried as `Retry-After` asks. A method that is not idempotent is retried after 429 only. As with `fetch`,
 * the last answer is returned, even if it is an error. No redirect is followed.
 */
export class WebexFetch {
  readonly #options: WebexFetchOptions;
  readonly #origins: readonly string[];
  readonly #transport = new HttpTransport();

  /** @throws ExplainedError if an origin would get the token unencrypted over a network */
  constructor(options: WebexFetchOptions) {
    this.#options = options;
    this.#origins = (options.origins ?? ['https://webexapis.com']).map(safeOrigin);
  }

  /**
   * Sends a request and returns the answer.
   *
   * @throws ExplainedError if the URL is not at one of the origins, WebexUnreachableError, or an error of TokenSource. Other
   *   errors are the signal's reason, the error of the sent stream, and TypeError as `fetch` throws it
   */
  async fetch(url: string | URL, request: WebexRequest = {}): Promise<Response> {
    return responseOf((await this.#exchange(url, request)).answer);
  }

  /**
   * Sends a request and returns the JSON of the answer, as the schema parses it.
   *
   * @throws the errors of {@link fetch}, and WebexResponseError if the answer is not a success
   */
  async json<T>(url: string | URL, reply: ReplySchema<T>, request: WebexRequest = {}): Promise<T> {
    const { origin, pathname } = new URL(url);
    const { answer, token } = await this.#exchange(url, request);
    const text = await answer.body.text().catch((error: unknown) => {
      throw error instanceof NetworkError ? noAnswer(origin, error) : error;
    });
    const json = webexReply({ status: answer.status, text }, origin, pathname, [token.accessToken]);
    const result = await reply['~standard'].validate(json);
    if (result.issues !== undefined) {
      throw notWebex(origin, pathname);
    }
    return result.value;
  }

  /**
   * Returns all pages of a list, as the `Link` headers name them. A link to another origin is not followed.
   *
   * The caller reads each answer before the next one, and checks its status. The first answer that is not OK is the last.
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

  async #exchange(url: string | URL, request: WebexRequest): Promise<{ answer: HttpAnswer; token: CredentialReading }> {
    const target = new URL(url);
    if (!this.#origins.includes(target.origin)) {
      throw new ExplainedError(
        `the access token is not for ${target.origin}; it goes to ${this.#origins.join(', ')} only, so correct the URL, or name that origin in "origins"`,
      );
    }
    const { signal } = request;
    let token = await this.#options.tokens.token({ signal });
    let answer = await this.#send(target, request, token);
    if (answer.status === 401 && !isStream(request.body)) {
      answer.body.cancel();
      this.#options.tokens.reject(token);
      token = await this.#options.tokens.token({ signal });
      answer = await this.#send(target, request, token);
    }
    return { answer, token };
  }

  async #send(url: URL, request: WebexRequest, token: CredentialReading): Promise<HttpAnswer> {
    const repeatable = !isStream(request.body);
    const idempotent = repeatable && IDEMPOTENT.includes((request.method ?? 'GET').toUpperCase());
    let last: HttpAnswer | undefined;
    const attempt = async (): Promise<HttpAnswer> => {
      // An unread answer holds its connection.
      last?.body.cancel();
      last = await this.#sendOnce(url, request, token);
      if ((repeatable && last.status === 429) || (idempotent && last.status >= 500)) {
        throw new RefusedForNow(last);
      }
      return last;
    };
    const passes = (error: unknown): Transient | undefined =>
      error instanceof RefusedForNow ? error : idempotent && error instanceof NetworkError ? {} : undefined;
    try {
      return await retry(attempt, passes, { ...this.#options.retry, signal: request.signal });
    } catch (error) {
      if (error instanceof RefusedForNow) {
        return error.answer;
      }
      last?.body.cancel();
      throw error instanceof NetworkError ? noAnswer(url.origin, error) : error;
    }
  }

  async #sendOnce(url: URL, { method, body, headers, signal }: WebexRequest, token: CredentialReading) {
    const { timeoutMs = 30_000 } = this.#options;
    // Content type and bytes of the body, as `fetch` would send them.
    const described = new Request(url, { method, body, headers, ...(isStream(body) ? { duplex: 'half' } : {}) });
    const stream = described.body;
    const streamed = () => Readable.fromWeb(stream as NodeReadableStream);
    const answer = await this.#transport.send({
      method: described.method,
      url,
      headers: {
        accept: '*/*',
        ...Object.fromEntries(described.headers),
        authorization: `Bearer ${token.accessToken}`,
      },
      body: stream === null ? undefined : isStream(body) ? streamed : new Uint8Array(await described.arrayBuffer()),
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      signal,
    });
    if (answer.status >= 300 && answer.status < 400 && answer.headers.location !== undefined) {
      answer.body.cancel();
      throw new WebexUnreachableError(
        `${url.origin} answered ${answer.status} with a redirect, which the access token does not follow; correct the URL`,
      );
    }
    const { 'content-encoding': encoding = 'identity' } = answer.headers;
    if (answer.status < 200 || answer.status > 599 || encoding !== 'identity') {
      answer.body.cancel();
      throw notWebex(url.origin, url.pathname);
    }
    return answer;
  }
}

/** An answer that is retried. */
class RefusedForNow extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(readonly answer: HttpAnswer) {
    super(`Webex answered ${answer.status}`);
    this.retryAfterMs = retryAfterMs(answer.headers['retry-after']);
  }
}

/** A stream can be sent only once. */
function isStream(body: WebexRequest['body']): boolean {
  return body instanceof ReadableStream;
}

function safeOrigin(origin: string): string {
  const url = new URL(origin);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new ExplainedError(`${origin} would get the access token in clear over the network; use https`);
  }
  return url.origin;
}
