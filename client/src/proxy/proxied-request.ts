import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type CredentialReading, NetworkError } from '#core';
import type { TokenSource } from '../token-source';
import type { Admission } from './admission';
import { CallerBody } from './caller-body';
import { type CallerHeaders, readCallerHeaders } from './caller-headers';
import { deliverAnswer } from './proxied-answer';
import { type Refusal, refusalAnswer, type RefusalReason, upstreamRefusal, vaultRefusal } from './refusal';
import type { RefusedTokens } from './refused-tokens';
import { Silence, type SilenceLimits } from './silence';
import type { Upstream } from './upstream';

/** The parts of a proxy that each request uses. */
export interface ProxyParts {
  readonly admission: Admission;
  readonly upstream: Upstream;
  readonly tokens: Pick<TokenSource, 'token'>;
  readonly refused: RefusedTokens;
  /** Called once for each request, after its end. */
  readonly onEnd: (request: ProxiedRequest) => void;
  /** Whether the proxy closes, so that no connection is kept. */
  readonly isClosing: () => boolean;
  /** Connections whose last answer is on its way. */
  readonly closing: WeakSet<Socket>;
}

/** Wait for an upstream that never asks for an announced body, as curl waits. */
const CONTINUE_TIMEOUT_MS = 1000;

/** Time in which a caller may finish a body that nobody reads any more. */
const LINGER_MS = 2000;

/** Status in request lines if the caller left before an answer. nginx has the same. */
const CALLER_LEFT = 499;

/** One request, from its head to the end of its answer. */
export class ProxiedRequest {
  readonly begunAt = performance.now();
  readonly method: string;
  /** Request target, with its query. */
  readonly target: string;
  /** Bytes of the answer's body. */
  bytes = 0;
  reason: RefusalReason | undefined;
  readonly #headers: CallerHeaders;
  readonly #body: CallerBody;
  #sent?: ClientRequest;
  #isAnswered = false;
  #isRetried = false;
  #isEventStream = false;
  #continue?: NodeJS.Timeout;
  readonly #silence = new Silence(this.begunAt);
  #hasEnded = false;

  /** @param asksToContinue whether the caller waits for `100 Continue` before it sends the body */
  constructor(
    private readonly parts: ProxyParts,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly asksToContinue: boolean,
  ) {
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.#headers = readCallerHeaders(request.rawHeaders);
    this.#body = new CallerBody(request, this.#headers.framing.length === 0);
    response.once('close', () => this.#end());
    response.on('error', () => undefined);
    request.on('error', () => undefined);
  }

  /** The part of the answer that is on its way. */
  get progress(): 'none' | 'begun' | 'ended' {
    return this.response.writableEnded ? 'ended' : this.response.headersSent ? 'begun' : 'none';
  }

  isOn(socket: Duplex): boolean {
    return this.request.socket === socket;
  }

  get status(): number {
    return this.response.headersSent ? this.response.statusCode : CALLER_LEFT;
  }

  /** Answers the request. It never fails. */
  async serve(): Promise<void> {
    const { method, target, request } = this;
    const refusal = this.parts.admission.refusal({ method, target, version: request.httpVersion }, this.#headers);
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    try {
      this.#send(await this.parts.tokens.token());
    } catch (error) {
      this.refuse(vaultRefusal(error));
    }
  }

  /** Answers in the place of the upstream. Without a head to send any more, the connection is closed. */
  refuse(refusal: Refusal): void {
    this.reason = refusal.reason;
    this.#sent?.destroy();
    if (this.response.headersSent || this.response.destroyed) {
      this.response.destroy();
      return;
    }
    const { headers, body } = refusalAnswer(refusal);
    this.response.writeHead(refusal.status, [...headers, ...this.#closing(refusal.closes)]);
    this.bytes = this.method === 'HEAD' ? 0 : Buffer.byteLength(body);
    this.response.end(body);
  }

  /**
   * Ends the request if the upstream is silent for too long. A stream of events may be silent, and TCP finds a dead server.
   *
   * @param now as `performance.now()`
   */
  endIfSilent(now: number, limits: SilenceLimits): void {
    if (this.#silence.isOver(this.#sent, now, limits) && !this.#isEventStream) {
      this.refuse(upstreamRefusal(this.parts.upstream.origin, new NetworkError('ETIMEDOUT')));
    }
  }

  #send(reading: CredentialReading): void {
    if (this.response.destroyed || this.response.headersSent) {
      return;
    }
    const { upstream } = this.parts;
    const { passed, framing } = this.#headers;
    const head = [
      'Host',
      upstream.host,
      ...passed,
      ...this.#framing(framing),
      'Authorization',
      `Bearer ${reading.accessToken}`,
    ];
    const asks = this.asksToContinue && !this.#body.isBegun;
    const sent = upstream.request(this.method, this.target, asks ? [...head, 'Expect', '100-continue'] : head);
    this.#sent = sent;
    this.#isAnswered = false;
    sent.once('response', (answer) => {
      this.#answered(answer, reading).catch((error: unknown) => this.refuse(upstreamRefusal(upstream.origin, error)));
    });
    sent.on('error', (error) => this.#failed(sent, error, reading));
    sent.once('close', () => this.#left(sent));
    if (asks) {
      const begin = (): void => this.#continueTo(sent);
      sent.once('continue', begin);
      this.#continue = setTimeout(begin, CONTINUE_TIMEOUT_MS);
      sent.flushHeaders();
    } else {
      this.#body.sendTo(sent);
    }
  }

  /** Without a body, a method that usually has one says so. Node would send an empty chunked body. */
  #framing(framing: readonly string[]): readonly string[] {
    return framing.length === 0 && !WITHOUT_BODY.has(this.method) ? ['Content-Length', '0'] : framing;
  }

  /** The upstream may ask after the proxy has begun without being asked. A body that is sent twice would smuggle a request. */
  #continueTo(sent: ClientRequest): void {
    clearTimeout(this.#continue);
    const isOpen = sent === this.#sent && !sent.destroyed && !this.response.headersSent;
    if (isOpen && !this.#body.isSentTo(sent)) {
      this.response.writeContinue();
      this.#body.sendTo(sent);
    }
  }

  async #answered(answer: IncomingMessage, reading: CredentialReading): Promise<void> {
    clearTimeout(this.#continue);
    this.#isAnswered = true;
    answer.on('error', () => undefined);
    if (answer.statusCode === 401 && !this.#isRetried && this.#body.canBeSent()) {
      this.#isRetried = true;
      const next = await this.#nextReading(reading);
      if (next === undefined) {
        return;
      }
      if (next.accessToken !== reading.accessToken && this.#body.canBeSent()) {
        this.#body.stop();
        this.#sent?.destroy();
        this.#send(next);
        return;
      }
    }
    this.#deliver(answer, reading);
  }

  /** Returns undefined if Vault gives none, and the request is refused. */
  async #nextReading(refused: CredentialReading): Promise<CredentialReading | undefined> {
    try {
      return await this.parts.refused.next(refused);
    } catch (error) {
      this.refuse(vaultRefusal(error));
      return undefined;
    }
  }

  #deliver(answer: IncomingMessage, { accessToken: token }: CredentialReading): void {
    const { response } = this;
    const { upstream } = this.parts;
    const { statusCode: status = 0, headers } = answer;
    // The request may have been refused while Vault was asked again.
    if (response.destroyed || response.headersSent) {
      return;
    }
    if (status < 200 || status > 599) {
      this.refuse(upstreamRefusal(upstream.origin, new NetworkError(`status ${status}`)));
      return;
    }
    this.#isEventStream = headers['content-type']?.startsWith('text/event-stream') ?? false;
    deliverAnswer(answer, response, {
      rewriting: { upstreamOrigins: upstream.spellings, ownOrigin: `http://${this.#headers.host}`, token },
      ownHeaders: this.#closing(),
      hasTrailers: this.request.httpVersion !== '1.0',
      onPart: (bytes) => (this.bytes += bytes),
      onCut: () => (this.reason = 'webex'),
    });
  }

  /** Node emits neither an answer nor an error if the upstream switches to another protocol. */
  #left(sent: ClientRequest): void {
    if (sent === this.#sent && !this.#isAnswered && !this.response.headersSent && !this.response.destroyed) {
      this.refuse(upstreamRefusal(this.parts.upstream.origin, new NetworkError('no HTTP/1.1 answer')));
    }
  }

  /** A kept connection may have been closed by the server before it received the request. */
  #failed(sent: ClientRequest, error: unknown, reading: CredentialReading): void {
    if (sent !== this.#sent) {
      return;
    }
    this.#body.stop();
    if (this.#isAnswered || this.response.headersSent) {
      return;
    }
    const isStale = sent.reusedSocket && CLOSED.includes(NetworkError.from(error).code);
    if (isStale && REPEATABLE.has(this.method) && this.#headers.framing.length === 0) {
      this.#send(reading);
    } else {
      this.refuse(upstreamRefusal(this.parts.upstream.origin, error));
    }
  }

  /**
   * A caller that was never asked for its body may leave it out, and then its next bytes would be read as the body. Node
   * reads nothing that follows an upgrade in the same part.
   */
  #closing(isBroken = false): readonly string[] {
    const isUnasked = this.asksToContinue && !this.#body.isBegun;
    const isUpgrade = this.#headers.upgrade !== undefined;
    if (!isBroken && !isUnasked && !isUpgrade && !this.parts.isClosing()) {
      return [];
    }
    this.parts.closing.add(this.request.socket);
    return ['Connection', 'close'];
  }

  /** Node does not report the end of a pipelined answer whose connection was lost before its turn. */
  endIfLost(): void {
    if (this.request.socket.destroyed) {
      this.#end();
    }
  }

  #end(): void {
    if (this.#hasEnded) {
      return;
    }
    this.#hasEnded = true;
    clearTimeout(this.#continue);
    const sent = this.#sent;
    if (sent !== undefined && (!this.response.writableFinished || !sent.writableFinished)) {
      sent.destroy();
    }
    if (!this.#body.isComplete) {
      this.#linger();
    }
    this.parts.onEnd(this);
  }

  /** Reads the rest of a body for a moment, because a reset would also destroy the answer on its way. */
  #linger(): void {
    const { socket } = this.request;
    this.#body.stop();
    this.request.resume();
    const end = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    this.request.once('end', () => clearTimeout(end));
    socket.once('close', () => clearTimeout(end));
  }
}

/** Methods that seldom have a body. */
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Codes of a connection that its other end closed. */
const CLOSED = ['ECONNRESET', 'EPIPE'];
