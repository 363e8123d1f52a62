import type { ClientRequest, IncomingMessage } from 'node:http';
import { callerTrailers } from './caller-headers';

/** Longest body that is kept while it is sent, so that it can be sent again. */
const KEPT_BYTES = 65_536;

/** The body of a caller's request. It streams to the upstream, and a short one can be sent a second time. */
export class CallerBody {
  #kept: Buffer[] | undefined = [];
  #keptBytes = 0;
  #isBegun = false;
  #isComplete: boolean;
  #target?: ClientRequest;

  /** @param isEmpty whether the head announces no body */
  constructor(
    private readonly request: IncomingMessage,
    private readonly isEmpty: boolean,
  ) {
    this.#isComplete = isEmpty;
  }

  /** Whether all of it can still be sent. */
  canBeSent(): boolean {
    return this.#kept !== undefined;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Whether the caller has sent all of it. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  isSentTo(target: ClientRequest): boolean {
    return this.#target === target;
  }

  /** Sends the body as it arrives, with backpressure. */
  sendTo(target: ClientRequest): void {
    this.#target = target;
    if (this.isEmpty) {
      target.end();
    } else if (!this.#isBegun) {
      this.#begin();
      this.request.pipe(target, { end: false });
    } else {
      this.#kept?.forEach((part) => target.write(part));
      if (this.#isComplete) {
        this.#end(target);
      } else {
        this.request.pipe(target, { end: false });
      }
    }
  }

  /** Stops sending. The rest still arrives if it is kept, or is dropped. */
  stop(): void {
    if (this.#target !== undefined && !this.isEmpty) {
      this.request.unpipe(this.#target);
      this.#target = undefined;
      this.request.resume();
    }
  }

  #begin(): void {
    this.#isBegun = true;
    this.request.on('data', (part: Buffer) => this.#keep(part));
    this.request.once('end', () => {
      this.#isComplete = true;
      if (this.#target !== undefined) {
        this.#end(this.#target);
      }
    });
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length;
    if (this.#keptBytes > KEPT_BYTES) {
      this.#kept = undefined;
    } else {
      this.#kept?.push(part);
    }
  }

  #end(target: ClientRequest): void {
    const { rawTrailers } = this.request;
    if (rawTrailers.length > 0) {
      target.addTrailers(callerTrailers(rawTrailers));
    }
    target.end();
  }
}
