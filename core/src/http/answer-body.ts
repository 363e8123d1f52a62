import type { IncomingMessage } from 'node:http';
import { timerMs } from '../longest-timer';
import { NetworkError } from './network-error';
import { onAbort } from '../on-abort';

export interface AnswerBodyOptions {
  /** Longest silence while it is waited for, and longest time until it is. */
  readonly timeoutMs: number;
  /** Ends it. @default - none */
  readonly signal?: AbortSignal;
}

/** The body of an answer, read once: as text, or part by part. */
export class AnswerBody implements AsyncIterable<Buffer> {
  readonly #message: IncomingMessage;
  readonly #signal: AbortSignal | undefined;
  readonly #silence: NodeJS.Timeout;
  #readerIsBusy = false;

  constructor(message: IncomingMessage, { timeoutMs, signal }: AnswerBodyOptions) {
    this.#message = message;
    this.#signal = signal;
    const timeOut = (): void => {
      if (!this.#readerIsBusy) {
        message.destroy(new NetworkError('ETIMEDOUT'));
      }
    };
    // Who does not read the body does not want to wait for it either.
    message.socket.unref();
    this.#silence = setTimeout(timeOut, timerMs(timeoutMs)).unref();
    const forget = onAbort(signal, () => void message.destroy(new NetworkError('ECONNABORTED')));
    // What ends it before anybody reads it is told to whoever reads it.
    message.on('error', () => undefined);
    message.once('close', () => {
      clearTimeout(this.#silence);
      forget();
    });
  }

  /** @throws NetworkError, also where it is longer than any reply; or the reason of the request's signal */
  async text(): Promise<string> {
    const { text, whole } = await this.#upTo(MAX_TEXT_BYTES);
    if (!whole) {
      throw new NetworkError('EMSGSIZE');
    }
    return text;
  }

  /** What is longer is cut off there, or shortly after. @throws NetworkError, or the reason of the request's signal */
  async beginning(bytes: number): Promise<string> {
    return (await this.#upTo(bytes)).text;
  }

  /** Gives the connection back where the whole body has arrived, else ends it. */
  cancel(): void {
    if (this.#message.complete) {
      this.#message.resume();
    } else {
      this.#message.destroy();
    }
  }

  async #upTo(maxBytes: number): Promise<{ text: string; whole: boolean }> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of this) {
      parts.push(part);
      bytes += part.length;
      if (bytes > maxBytes) {
        break;
      }
    }
    const text = Buffer.concat(parts).toString('utf8');
    return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, whole: bytes <= maxBytes };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    this.#message.socket.ref();
    this.#silence.ref().refresh();
    try {
      for await (const part of this.#message) {
        this.#readerIsBusy = true;
        yield part as Buffer;
        this.#readerIsBusy = false;
        this.#silence.refresh();
      }
    } catch (error) {
      throw this.#signal?.aborted ? this.#signal.reason : NetworkError.from(error);
    }
  }
}

/** Far more than any reply, and far less than a process can hold. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';
