import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { proxyFor } from './proxy';

/*
 * The one way to another server: Vault's and Webex's alike.
 *
 * node:http(s) and no library on top of it, because of what loading one costs the command `webex-token`: undici, on
 * which `fetch` stands, adds some 25 ms to its start, axios 60 ms, node:http 6 ms; and `fetch` knows neither a CA file
 * nor a deadline that ends with the head of the answer. Proxies are left to libraries, loaded where one is set.
 */

export interface HttpTransportOptions {
  /** PEM of the CA that signed the servers' certificates. @default - the system's CAs */
  readonly ca?: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is read once the server asks for it, so that a refusal comes before the body. @default - none */
  readonly body?: string | Uint8Array | (() => Readable);
  /** Longest wait for the head of the answer, connecting included. */
  readonly headersTimeoutMs: number;
  /** Longest silence while the body of the answer arrives. @default 30000 */
  readonly bodyTimeoutMs?: number;
  /** Ends the request, and the body of its answer. @default - none */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read or cancelled: until then it holds a connection, though not the process. */
  readonly body: AnswerBody;
}

/** No answer came, or it broke off. */
export class NetworkError extends Error {
  override name = 'NetworkError';

  /** @param code Node's own, like `ECONNREFUSED`; `ETIMEDOUT` where a deadline ended it */
  constructor(readonly code: string) {
    super(`the request failed (${code})`);
  }

  /** Whether it may pass: others, such as a certificate that is not trusted, stay. */
  get isTransient(): boolean {
    return TRANSIENT_CODES.includes(this.code);
  }
}

const TRANSIENT_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** For servers that never ask for the body that was announced. */
const CONTINUE_TIMEOUT_MS = 5000;

/** An idle connection is given up before the server does, or a proxy between. */
const IDLE_TIMEOUT_MS = 20_000;

const DEFAULT_BODY_TIMEOUT_MS = 30_000;

/** Keeps its connections for the next request; an idle one does not keep the process. */
export class HttpTransport {
  readonly #ca: string | undefined;
  readonly #agents = new Map<string, Promise<Agent>>();

  constructor({ ca }: HttpTransportOptions = {}) {
    this.#ca = ca;
  }

  /**
   * Sends a request and waits for the head of its answer, whatever its status is. Follows no redirect.
   *
   * @throws NetworkError, the signal's reason, or what the body's stream fails with
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    const reused = { before: false };
    try {
      return await this.#sendOnce(request, reused);
    } catch (error) {
      // The server had closed the kept connection, which nobody can know before.
      if (reused.before && request.method === 'GET' && error instanceof NetworkError && error.code === 'ECONNRESET') {
        return this.#sendOnce(request, reused);
      }
      throw error;
    }
  }

  /** Ends idle connections, and those of answers that nobody reads. */
  async close(): Promise<void> {
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    (await Promise.all(agents)).forEach((agent) => agent.destroy());
  }

  async #sendOnce(request: HttpRequest, reused: { before: boolean }): Promise<HttpAnswer> {
    const { method, url, body, headersTimeoutMs, bodyTimeoutMs = DEFAULT_BODY_TIMEOUT_MS, signal } = request;
    const streamed = typeof body === 'function';
    const options: RequestOptions & { rejectUnauthorized: true } = {
      method,
      agent: await this.#agent(url),
      // Whatever the environment says of it.
      rejectUnauthorized: true,
      headers: {
        'accept-encoding': 'identity',
        ...(body === undefined || streamed ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...(streamed ? { expect: '100-continue' } : {}),
        ...request.headers,
      },
    };
    const { request: open } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const sent = open(url, options);
    const abort = (): void => void sent.destroy(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    const deadline = setTimeout(() => sent.destroy(new NetworkError('ETIMEDOUT')), headersTimeoutMs);
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve).once('error', reject);
        if (streamed) {
          sendStream(sent, body).catch(reject);
        } else {
          sent.end(body);
        }
      });
      // Who does not read the body does not want to wait for it either.
      answer.socket.unref();
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        body: new AnswerBody(answer, bodyTimeoutMs, () => signal?.removeEventListener('abort', abort)),
      };
    } catch (error) {
      signal?.removeEventListener('abort', abort);
      sent.destroy();
      reused.before = sent.reusedSocket;
      throw signal?.aborted ? signal.reason : networkError(error);
    } finally {
      clearTimeout(deadline);
    }
  }

  #agent(url: URL): Promise<Agent> {
    const known = this.#agents.get(url.origin) ?? this.#newAgent(url);
    this.#agents.set(url.origin, known);
    return known;
  }

  async #newAgent(url: URL): Promise<Agent> {
    const settings = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, ca: this.#ca };
    const proxy = await proxyFor(url);
    if (proxy !== undefined) {
      const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
      return url.protocol === 'https:'
        ? new HttpsProxyAgent({
            ...settings,
            proxy,
            proxyRequestOptions: { ca: this.#ca === undefined ? undefined : [this.#ca] },
          })
        : new HttpProxyAgent({ ...settings, proxy });
    }
    if (url.protocol === 'https:') {
      const https = await import('node:https');
      return new https.Agent(settings);
    }
    const http = await import('node:http');
    return new http.Agent(settings);
  }
}

/** The body of an answer, read once: as text, or part by part. */
export class AnswerBody implements AsyncIterable<Buffer> {
  readonly #message: IncomingMessage;
  readonly #timeoutMs: number;
  readonly #done: () => void;

  constructor(message: IncomingMessage, timeoutMs: number, done: () => void) {
    this.#message = message;
    this.#timeoutMs = timeoutMs;
    this.#done = done;
    // What ends it before anybody reads it is told to whoever reads it.
    message.on('error', () => undefined);
  }

  /**
   * @param maxBytes what is longer is cut off there. @default - no limit
   * @throws NetworkError, or the reason of the request's signal
   */
  async text(maxBytes = Number.POSITIVE_INFINITY): Promise<string> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of this) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= maxBytes) {
        break;
      }
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** Gives the connection back, or ends it where more would come. */
  cancel(): void {
    this.#done();
    this.#message.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const message = this.#message;
    message.socket.ref();
    const silence = setTimeout(() => message.destroy(new NetworkError('ETIMEDOUT')), this.#timeoutMs);
    try {
      for await (const part of message) {
        silence.refresh();
        yield part as Buffer;
        silence.refresh();
      }
    } catch (error) {
      throw networkError(error);
    } finally {
      clearTimeout(silence);
      this.#done();
    }
  }
}

/** Sends the body when the server asks for it; one that answers before does not want it. */
async function sendStream(sent: ClientRequest, body: () => Readable): Promise<void> {
  const answered = await new Promise<boolean>((resolve, reject) => {
    const unasked = setTimeout(() => resolve(false), CONTINUE_TIMEOUT_MS);
    sent.once('close', () => clearTimeout(unasked));
    sent.once('continue', () => resolve(false));
    sent.once('response', (response: IncomingMessage) => {
      response.once('end', () => sent.destroy());
      resolve(true);
    });
    sent.once('error', reject);
    sent.flushHeaders();
  });
  if (!answered) {
    const { pipeline } = await import('node:stream/promises');
    await pipeline(body(), sent).catch((error: unknown) => {
      // The answer says more than that the connection was closed under the body.
      if ((error as NodeJS.ErrnoException).path !== undefined) {
        throw error;
      }
    });
  }
}

/** Only the code is kept: an error of Node holds the request, and with it the token. */
function networkError(error: unknown): unknown {
  const { code, path, name } = error as NodeJS.ErrnoException;
  if (error instanceof NetworkError || path !== undefined || name === 'AbortError') {
    return error;
  }
  return new NetworkError(code ?? 'no reason given');
}
