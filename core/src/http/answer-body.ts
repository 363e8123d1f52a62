import type { IncomingMessage } from 'node:http';
import { timerMs } from '../duration';
import { onAbort } from '../on-abort';
import { NetworkError } from './network-error';

/** The limit is far above any reply, and far below the memory of a process. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/** The body of an answer. It is read once, as text or part by part. */
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
    // An unread body does not keep the process alive.
    message.socket.unref();
    this.#silence = setTimeout(timeOut, timerMs(timeoutMs)).unref();
    const forget = onAbort(signal, () => void message.destroy(new NetworkError('ECONNABORTED')));
    // The reader gets an early error later, so it is not unhandled.
    message.on('error', () => undefined);
    message.once('close', () => {
      clearTimeout(this.#silence);
      forget();
    });
  }

  /** @throws NetworkError, even if only the limit is exceeded, or the reason of the request's signal */
  async text(): Promise<string> {
    const { text, whole } = await this.#upTo(MAX_TEXT_BYTES);
    if (!whole) {
      throw new NetworkError('EMSGSIZE');
    }
    return text;
  }

  /** Returns the beginning of the text, of some bytes or slightly more. @throws NetworkError, or the reason of the request's signal */
  async beginning(bytes: number): Promise<string> {
    return (await this.#upTo(bytes)).text;
  }

  /** Keeps the connection for another request if the whole body has arrived, and otherwise closes it. */
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
