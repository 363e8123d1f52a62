import type { IncomingMessage } from 'node:http';
import { timerMs } from '../duration';
import { onAbort } from '../on-abort';
import { NetworkError } from './network-error';

/** Far more than any reply, and far less than a process can hold. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/** The body of an answer, read once: as text, or part by part. */
export class AnswerBody implements AsyncIterable<Buffer> {
  readonly #message: IncomingMessage;
  readonly #signal: AbortSignal | undefined;
  readonly #silence: NodeJS.Timeout;
  #readerIsBusy = false;

  /**
   * @param timeoutMs longest silence while the body is read, and longest time until it is
   * @param signal ends the body. @default - none
   */
  constructor(message: IncomingMessage, timeoutMs: number, signal?: AbortSignal) {
    this.#message = message;
    this.#signal = signal;
    const timeOut = (): void => {
      if (!this.#readerIsBusy) {
        message.destroy(new NetworkError('ETIMEDOUT'));
      }
    };
    // A body that nobody reads does not keep the process alive.
    message.socket.unref();
    this.#silence = setTimeout(timeOut, timerMs(timeoutMs)).unref();
    const forget = onAbort(signal, () => void message.destroy(new NetworkError('ECONNABORTED')));
    // An early error is not unhandled: the reader gets it later.
    message.on('error', () => undefined);
    message.once('close', () => {
      clearTimeout(this.#silence);
      forget();
    });
  }

  /** @throws NetworkError, also if the body is longer than any reply; or the reason of the request's signal */
  async text(): Promise<string> {
    const { text, whole } = await this.#upTo(MAX_TEXT_BYTES);
    if (!whole) {
      throw new NetworkError('EMSGSIZE');
    }
    return text;
  }

  /** The text up to some bytes, or shortly after them. @throws NetworkError, or the reason of the request's signal */
  async beginning(bytes: number): Promise<string> {
    return (await this.#upTo(bytes)).text;
  }

  /** Returns the connection if the whole body has arrived, and closes it otherwise. */
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
