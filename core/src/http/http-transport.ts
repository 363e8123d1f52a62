import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, request as openRequest } from 'node:http';
import type { Readable } from 'node:stream';
import { timerMs } from '../duration';
import { onAbort } from '../on-abort';
import { AnswerBody } from './answer-body';
import { NetworkError } from './network-error';
import { proxyFor } from './proxy';
import { proxyAgent, type ProxiedRequestOptions } from './proxy-agent';
import { sendStream } from './streamed-body';

/*
 * All requests to other servers, such as Vault and Webex.
 *
 * The transport uses Node's own modules directly. A library delays the start of `webex-token`: `undici`, the base of `fetch`,
 * takes some 25 ms, and axios 60 ms. Node's module takes 6 ms. `fetch` supports neither a CA file nor a deadline for the head of the
 * answer alone.
 */

export interface HttpTransportOptions {
  /** PEM of the CA that signed the servers' certificates. @default - the system's CAs */
  readonly ca?: string;
  /** Client certificate, shown to servers that ask for one. @default - none */
  readonly certificate?: ClientCertificate;
}

/** A certificate for a client, and its key. */
export interface ClientCertificate {
  /** PEM of the certificate and of the intermediate CAs that the server does not know. */
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
  /** Longest wait for the head of the answer, connecting included. For a stream, from the last part that was sent. */
  readonly headersTimeoutMs: number;
  /** Longest wait for the connection, including proxy and TLS. @default 15000 */
  readonly connectTimeoutMs?: number;
  /** Longest silence while the body of the answer is read, and longest time until it is. @default 30000 */
  readonly bodyTimeoutMs?: number;
  /** Ends the request, and the body of its answer. @default - none */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Body, which must be read or canceled. Otherwise it holds a connection until its deadline, though not the process. */
  readonly body: AnswerBody;
}

/** Idle timeout, shorter than those of servers and proxies. */
const IDLE_TIMEOUT_MS = 20_000;

/** Wait for servers that never ask for an announced body. */
const CONTINUE_TIMEOUT_MS = 5000;

/** A lost packet is sent again after 1, 3 and 7 s. */
const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;

const DEFAULT_BODY_TIMEOUT_MS = 30_000;

/** Codes of a connection that its other end closed. */
const CLOSED_CODES = ['ECONNRESET', 'EPIPE'];

/** The module and the agent for one server. */
interface Route {
  readonly open: typeof openRequest;
  readonly agent: Agent;
}

/**
 * Keeps its connections for the next request, except those to a server that answers 5xx. An idle connection does not keep
 * the process alive.
 */
export class HttpTransport {
  readonly #ca: string | undefined;
  readonly #certificate: ClientCertificate | undefined;
  /** Modules and agents by origin, because loading a module takes as long as a request. */
  readonly #routes = new Map<string, Promise<Route>>();

  constructor({ ca, certificate }: HttpTransportOptions = {}) {
    this.#ca = ca;
    this.#certificate = certificate;
  }

  /**
   * Sends a request and waits for the head of its answer, with any status. It follows no redirect.
   *
   * @throws NetworkError, the signal's reason, or the error of the body's stream
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    let answer: HttpAnswer | undefined;
    do {
      answer = await this.#sendOnce(request);
    } while (answer === undefined);
    return answer;
  }

  /** Closes idle connections, and the connections of unread answers. */
  async close(): Promise<void> {
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    (await Promise.allSettled(routes)).forEach((made) => made.status === 'fulfilled' && made.value.agent.destroy());
  }

  /** @returns undefined if the server had closed the kept connection, which only its use shows */
  async #sendOnce(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { method, url, body, headersTimeoutMs, signal } = request;
    const { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, bodyTimeoutMs = DEFAULT_BODY_TIMEOUT_MS } = request;
    const streamed = typeof body === 'function';
    const connecting: ProxiedRequestOptions['connecting'] = {};
    const { open, agent } = await this.#route(url);
    const options: ProxiedRequestOptions & { rejectUnauthorized: true } = {
      method,
      agent,
      // Overrides NODE_TLS_REJECT_UNAUTHORIZED.
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
    // A request without a connection emits no event when it is destroyed.
    const forget = onAbort(signal, () => fail(signal?.reason));
    const timeOut = (): void => fail(new NetworkError('ETIMEDOUT'));
    const deadline = setTimeout(timeOut, timerMs(headersTimeoutMs));
    const connectDeadline = setTimeout(timeOut, timerMs(connectTimeoutMs));
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        fail = reject;
        onConnected(sent, url, () => clearTimeout(connectDeadline));
        let isAnswered = false;
        sent.once('response', (response) => {
          isAnswered = true;
          // After a 5xx, a new connection may reach another server: Kubernetes has several at one address.
          sent.shouldKeepAlive &&= (response.statusCode ?? 0) < 500;
          resolve(response);
        });
        sent.on('error', (error) => reject(NetworkError.from(error)));
        // An answered request gets no error: its stack costs as much as a request.
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
        body: new AnswerBody(answer, bodyTimeoutMs, signal),
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

  #route(url: URL): Promise<Route> {
    const known = this.#routes.get(url.origin);
    if (known !== undefined) {
      return known;
    }
    const made = this.#newRoute(url);
    this.#routes.set(url.origin, made);
    made.catch(() => this.#routes.delete(url.origin));
    return made;
  }

  async #newRoute(url: URL): Promise<Route> {
    const { certPem: cert, keyPem: key } = this.#certificate ?? {};
    const settings = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, ca: this.#ca, cert, key };
    const { request: open, Agent } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const proxy = await proxyFor(url);
    return { open, agent: proxy === undefined ? new Agent(settings) : await proxyAgent(url, proxy, settings) };
  }
}

function onConnected(sent: ClientRequest, url: URL, connected: () => void): void {
  sent.once('socket', (socket) => {
    const event = url.protocol === 'https:' ? 'secureConnect' : socket.connecting ? 'connect' : undefined;
    if (sent.reusedSocket || event === undefined) {
      connected();
    } else {
      socket.once(event, connected);
    }
  });
}
