import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AllowRule } from '#core';
import type { TokenSource } from '../token-source';
import { Admission, NOT_FORWARDED } from './admission';
import { listenAt, type ProxyAddress } from './proxy-address';
import { ProxiedRequest, type ProxyParts } from './proxied-request';
import { headerPairs } from './raw-headers';
import { badRequest, refusalAnswer, type RefusalReason } from './refusal';
import { RefusedTokens } from './refused-tokens';
import { RunKey } from './run-key';
import { Upstream } from './upstream';

export type WebexProxyOptions = ProxySettings & ProxyAddress;

export interface ProxySettings {
  /** Source of the access tokens. The caller disposes of it after the proxy. */
  readonly tokens: Pick<TokenSource, 'token' | 'reject'>;
  /** Key that callers present as their bearer token. @default - none, which is for a socket only */
  readonly key?: string;
  /** Origin that all requests go to: https, or http on loopback. @default "https://webexapis.com" */
  readonly upstream?: string;
  /** Requests that are allowed. @default - all */
  readonly allow?: readonly AllowRule[];
  /** Called after the end of each request. @default - not reported */
  readonly onRequest?: (request: ServedRequest) => void;
  /** Longest silence of the upstream within a request, in milliseconds. Streams of events have none. @default 300000 */
  readonly silenceMs?: number;
  /** Longest wait for a connection to the upstream, in milliseconds. @default 15000 */
  readonly connectMs?: number;
  /** Time that requests have to end when the proxy closes, in milliseconds. @default 10000 */
  readonly closeTimeoutMs?: number;
}

/** A request after its end. It holds no token, key, body or query. */
export interface ServedRequest {
  readonly method: string;
  /** Path without its query, as the caller sent it. Empty if the target is no path. */
  readonly path: string;
  /** Status of the answer, or 499 if the caller left before. */
  readonly status: number;
  readonly milliseconds: number;
  /** Bytes of the body that the caller got. */
  readonly bytes: number;
  /** Part that the proxy itself refused the request for. @default - the upstream answered */
  readonly refusal?: RefusalReason;
}

/** Time that a caller has for the head of a request. */
const HEAD_TIMEOUT_MS = 30_000;

/** Idle time of a caller's connection, longer than most clients keep theirs. */
const KEEP_ALIVE_MS = 120_000;

const SWEEP_MS = 1000;

/** A reverse proxy that puts the access token of a credential into each request. */
export class WebexProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #running = new Set<ProxiedRequest>();
  readonly #settings: ProxySettings;
  readonly #key: RunKey | undefined;
  readonly #upstream: Upstream;
  readonly #sweep: NodeJS.Timeout;
  readonly #hosts = new Set<string>();
  #isClosing = false;

  private constructor(settings: ProxySettings, upstream: Upstream, isSocket: boolean) {
    const { key, tokens, allow = [], silenceMs = 300_000, connectMs = 15_000 } = settings;
    this.#settings = settings;
    this.#upstream = upstream;
    this.#key = key === undefined ? undefined : new RunKey(key);
    const parts: ProxyParts = {
      admission: new Admission({ hosts: isSocket ? undefined : this.#hosts, key: this.#key, allow }),
      upstream,
      tokens,
      refused: new RefusedTokens(tokens),
      onEnd: (request) => this.#ended(request),
      isClosing: () => this.#isClosing,
      closing: new WeakSet(),
    };
    const serve = (request: IncomingMessage, response: ServerResponse, asksToContinue = false): void => {
      // Node also reads what follows the last answer of a connection.
      if (parts.closing.has(request.socket)) {
        return;
      }
      const proxied = new ProxiedRequest(parts, request, response, asksToContinue);
      this.#running.add(proxied);
      void proxied.serve();
    };
    this.#server = createServer({
      headersTimeout: HEAD_TIMEOUT_MS,
      // A body may take as long as it moves.
      requestTimeout: 0,
      connectionsCheckingInterval: 5000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      insecureHTTPParser: false,
      requireHostHeader: false,
      noDelay: true,
    });
    this.#server.on('request', (request, response) => serve(request, response));
    this.#server.on('checkContinue', (request, response) => serve(request, response, true));
    // Node would answer an unknown expectation without a look at the key.
    this.#server.on('checkExpectation', (request, response) => serve(request, response));
    this.#server.on('connect', (request, socket) => this.#refuseSocket(socket, 405, request.method));
    this.#server.on('clientError', (error, socket) => this.#refuseSocket(socket, statusOf(error)));
    const limits = { connectMs, silenceMs };
    this.#sweep = setInterval(() => {
      const now = performance.now();
      this.#running.forEach((request) => {
        request.endIfLost();
        request.endIfSilent(now, limits);
      });
    }, SWEEP_MS).unref();
  }

  /**
   * Starts a proxy.
   *
   * @throws ExplainedError if the upstream is not safe, or the address is not on loopback or is taken
   */
  static async listen({ listen, socket, ...settings }: WebexProxyOptions): Promise<WebexProxy> {
    if (socket === undefined && settings.key === undefined) {
      throw new TypeError('give a key, because every user of this machine reaches a port of loopback');
    }
    const upstream = await Upstream.at(settings.upstream ?? 'https://webexapis.com');
    const proxy = new WebexProxy(settings, upstream, socket !== undefined);
    try {
      const hosts = await listenAt(proxy.#server, socket === undefined ? { listen } : { socket });
      hosts.forEach((host) => proxy.#hosts.add(host));
      return proxy;
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Port on loopback. @default - it listens on a socket */
  get port(): number | undefined {
    const address = this.#server.address();
    return typeof address === 'string' ? undefined : address?.port;
  }

  /** Origin for callers, such as `http://127.0.0.1:18201`. On a socket, any host name serves. */
  get origin(): string {
    const [host = 'localhost'] = this.#hosts;
    return `http://${host}`;
  }

  /** Requests that have not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** Accepts no further request. Requests under way have some time to end, and then their connections are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { closeTimeoutMs = 10_000 } = this.#settings;
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const end = setTimeout(() => this.#server.closeAllConnections(), closeTimeoutMs);
    await closed;
    this.#running.forEach((request) => request.endIfLost());
    clearTimeout(end);
    clearInterval(this.#sweep);
    this.#upstream[Symbol.dispose]();
  }

  #ended(request: ProxiedRequest): void {
    this.#running.delete(request);
    const { method, status, bytes, begunAt, reason } = request;
    const path = this.#pathOf(request.target);
    this.#report({ method, path, status, milliseconds: performance.now() - begunAt, bytes, refusal: reason });
  }

  #report(served: ServedRequest): void {
    this.#settings.onRequest?.(served);
  }

  /** A refused target in another form may hold a password: `http://user:password@host/`. */
  #pathOf(target: string): string {
    if (!target.startsWith('/')) {
      return '';
    }
    const end = target.search(/[?#]/);
    const path = end === -1 ? target : target.slice(0, end);
    return this.#key?.hiddenIn(path) ?? path;
  }

  /** Answers a request that Node did not read as one. */
  #refuseSocket(socket: Duplex, status: number | undefined, method = ''): void {
    const answers = [...this.#running].filter((request) => request.isOn(socket)).map(({ progress }) => progress);
    if (socket instanceof Socket && answers.length > 0 && answers.every((progress) => progress === 'ended')) {
      socket.destroySoon();
      return;
    }
    // Text in an answer under way would be read as its body.
    if (status === undefined || !socket.writable || answers.some((progress) => progress !== 'none')) {
      socket.destroy();
      return;
    }
    const message = MESSAGES[status] ?? MALFORMED;
    const reason = status === 405 ? 'method' : 'request';
    const { headers, body } = refusalAnswer({ ...badRequest(message, status), reason });
    const lines = headerPairs(headers).map(([name, value]) => `${name}: ${value}`);
    socket.on('error', () => undefined);
    socket.end([`HTTP/1.1 ${status} Refused`, ...lines, 'Connection: close', '', body].join('\r\n'), () =>
      socket.destroy(),
    );
    this.#report({ method, path: '', status, milliseconds: 0, bytes: Buffer.byteLength(body), refusal: reason });
  }
}

const MALFORMED = 'the request is not well-formed HTTP/1.1; send it by another client';

const MESSAGES: Readonly<Record<number, string>> = {
  405: NOT_FORWARDED.message,
  408: `the head of the request did not arrive within ${HEAD_TIMEOUT_MS / 1000} s; send it again`,
  431: 'the head of the request is longer than 16 KiB; send shorter headers',
};

/** Returns undefined if the caller has left. */
function statusOf(error: Error): number | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return 408;
  }
  return code === 'HPE_HEADER_OVERFLOW' ? 431 : code.startsWith('HPE_') ? 400 : undefined;
}
