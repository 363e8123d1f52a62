import type { Agent, IncomingHttpHeaders, IncomingMessage, request as openRequest } from 'node:http';
import type { Readable } from 'node:stream';
import { AnswerBody } from './answer-body';
import { timerMs } from '../longest-timer';
import { NetworkError } from './network-error';
import { onAbort } from '../on-abort';
import { proxyFor } from './proxy';
import { proxyAgent, type ProxiedRequestOptions } from './proxy-agent';
import { sendStream } from './streamed-body';

/*
 * The one way to another server: Vault's and Webex's alike.
 *
 * node:http(s) and no library on top of it, because of what loading one costs the command `webex-token`: undici, on
 * which `fetch` stands, adds some 25 ms to its start, axios 60 ms, node:http 6 ms; and `fetch` knows neither a CA file
 * nor a deadline that ends with the head of the answer.
 */

export interface HttpTransportOptions {
  /** PEM of the CA that signed the servers' certificates. @default - the system's CAs */
  readonly ca?: string;
  /** Shown to servers that ask for one. @default - none */
  readonly certificate?: ClientCertificate;
}

/** A certificate for a client, and its key. */
export interface ClientCertificate {
  /** With those of the CAs between it and one that the server knows. */
  readonly certPem: string;
  readonly keyPem: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is read once the server asks for it, so that a refusal comes before the body. @default - none */
  readonly body?: string | Uint8Array | (() => Readable);
  /** Longest wait for the head of the answer, connecting included; of a stream, from the last part that was sent. */
  readonly headersTimeoutMs: number;
  /** Longest wait for the connection, with what a proxy and TLS need. @default 15000 */
  readonly connectTimeoutMs?: number;
  /** Longest silence while the body of the answer is read, and longest time until it is. @default 30000 */
  readonly bodyTimeoutMs?: number;
  /** Ends the request, and the body of its answer. @default - none */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read or canceled: else it holds a connection until its deadline, though not the process. */
  readonly body: AnswerBody;
}

/** An idle connection is given up before the server does, or a proxy between. */
const IDLE_TIMEOUT_MS = 20_000;

/** For servers that never ask for the body that was announced. */
const CONTINUE_TIMEOUT_MS = 5000;

/** A packet that got lost is sent again after 1, 3 and 7 s. */
const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;

const DEFAULT_BODY_TIMEOUT_MS = 30_000;

/** Of a connection that was closed at its other end. */
const CLOSED_CODES = ['ECONNRESET', 'EPIPE'];

/**
 * Keeps its connections for the next request, but for those to a server that is unwell; an idle one does not keep the
 * process.
 */
export class HttpTransport {
  readonly #ca: string | undefined;
  readonly #certificate: ClientCertificate | undefined;
  readonly #ways = new Map<string, Promise<Way>>();

  constructor({ ca, certificate }: HttpTransportOptions = {}) {
    this.#ca = ca;
    this.#certificate = certificate;
  }

  /**
   * Sends a request and waits for the head of its answer, whatever its status is. Follows no redirect.
   *
   * @throws NetworkError, the signal's reason, or what the body's stream fails with
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    let answer: HttpAnswer | undefined;
    do {
      answer = await this.#sendOnce(request);
    } while (answer === undefined);
    return answer;
  }

  /** Ends idle connections, and those of answers that nobody reads. */
  async close(): Promise<void> {
    const ways = [...this.#ways.values()];
    this.#ways.clear();
    (await Promise.allSettled(ways)).forEach((made) => made.status === 'fulfilled' && made.value.agent.destroy());
  }

  /** @returns undefined where the server had closed the kept connection, which nobody can know before */
  async #sendOnce(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { method, url, body, headersTimeoutMs, signal } = request;
    const { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, bodyTimeoutMs = DEFAULT_BODY_TIMEOUT_MS } = request;
    const streamed = typeof body === 'function';
    const connecting: ProxiedRequestOptions['connecting'] = {};
    const { open, agent } = await this.#way(url);
    const options: ProxiedRequestOptions & { rejectUnauthorized: true } = {
      method,
      agent,
      // Whatever the environment says of it.
      rejectUnauthorized: true,
      connecting,
      headers: {
        'accept-encoding': 'identity',
        ...(body === undefined || streamed ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...(streamed ? { expect: '100-continue' } : {}),
        ...request.headers,
      },
    };
    signal?.throwIfAborted();
    const sent = open(url, options);
    let fail: (reason: unknown) => void = () => undefined;
    // A request that has no connection yet tells nobody that it was destroyed.
    const forget = onAbort(signal, () => fail(signal?.reason));
    const timeOut = (): void => fail(new NetworkError('ETIMEDOUT'));
    const deadline = setTimeout(timeOut, timerMs(headersTimeoutMs));
    const connectDeadline = setTimeout(timeOut, timerMs(connectTimeoutMs));
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        fail = reject;
        sent.once('socket', (socket) => {
          const connected = (): void => clearTimeout(connectDeadline);
          const event = url.protocol === 'https:' ? 'secureConnect' : socket.connecting ? 'connect' : undefined;
          if (sent.reusedSocket || event === undefined) {
            connected();
          } else {
            socket.once(event, connected);
          }
        });
        let isAnswered = false;
        sent.once('response', (response) => {
          isAnswered = true;
          // Else the next request would go to the same server, and Kubernetes has another one at the same address.
          sent.shouldKeepAlive &&= (response.statusCode ?? 0) < 500;
          resolve(response);
        });
        sent.on('error', (error) => reject(NetworkError.from(error)));
        // An error is made for none that is answered: its stack costs as much as a request.
        sent.once('close', () => isAnswered || reject(new NetworkError('ECONNRESET')));
        if (streamed) {
          const continueTimeoutMs = Math.min(CONTINUE_TIMEOUT_MS, headersTimeoutMs / 2);
          const onPart = (): void => void deadline.refresh();
          sendStream(sent, body, { continueTimeoutMs, onPart, onFailure: reject }).catch(reject);
        } else {
          sent.end(body);
        }
      });
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        body: new AnswerBody(answer, { timeoutMs: bodyTimeoutMs, signal }),
      };
    } catch (error) {
      sent.destroy();
      connecting.end?.();
      const stale = error instanceof NetworkError && CLOSED_CODES.includes(error.code);
      if (stale && sent.reusedSocket && method === 'GET') {
        return undefined;
      }
      throw error;
    } finally {
      clearTimeout(deadline);
      clearTimeout(connectDeadline);
      forget();
    }
  }

  #way(url: URL): Promise<Way> {
    const known = this.#ways.get(url.origin);
    if (known !== undefined) {
      return known;
    }
    const made = this.#newWay(url);
    this.#ways.set(url.origin, made);
    made.catch(() => this.#ways.delete(url.origin));
    return made;
  }

  async #newWay(url: URL): Promise<Way> {
    const { certPem: cert, keyPem: key } = this.#certificate ?? {};
    const settings = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, ca: this.#ca, cert, key };
    const { request: open, Agent } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const proxy = await proxyFor(url);
    return { open, agent: proxy === undefined ? new Agent(settings) : await proxyAgent(url, proxy, settings) };
  }
}

/** How one server is asked: loaded once, as loading takes as long as a request. */
interface Way {
  readonly open: typeof openRequest;
  readonly agent: Agent;
}
