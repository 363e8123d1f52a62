import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { errorCode, ExplainedError, oneLine } from '#core';
import type { ServedRequest } from './webex-proxy';

/** Lines of one log, in JSON. Their fields have a fixed order, and the time is that of the end of the request. */
export interface RequestLogOptions {
  readonly credential: string;
  /** Name of the app that the proxy is logged in as. */
  readonly app: () => string | undefined;
  /** File that lines are appended to. @default - standard output */
  readonly file?: string;
  readonly warn: (warning: string) => void;
}

const STANDARD_OUTPUT = 1;

/** Bytes that wait for a slow reader. Further lines are lost, because the memory of the proxy is limited. */
const LONGEST_BACKLOG = 8 * 1024 * 1024;

/** The request lines of a proxy. A slow reader does not delay requests. */
export class RequestLog implements AsyncDisposable {
  #isBroken = false;

  private constructor(
    private readonly output: WriteStream,
    private readonly options: RequestLogOptions,
  ) {
    output.on('error', (error) => this.#warnOnce(`request lines are lost (${errorCode(error)}); see to their reader`));
  }

  /** @throws ExplainedError if the file cannot be opened */
  static async open(options: RequestLogOptions): Promise<RequestLog> {
    const { file } = options;
    if (file === undefined) {
      return new RequestLog(createWriteStream('', { fd: STANDARD_OUTPUT, autoClose: false }), options);
    }
    const output = createWriteStream(file, { flags: 'a', mode: 0o600 });
    try {
      await once(output, 'open');
    } catch (error) {
      throw new ExplainedError(
        `request lines cannot be written to ${oneLine(file)} (${errorCode(error)}); give another file by --log`,
      );
    }
    return new RequestLog(output, options);
  }

  add(served: ServedRequest): void {
    if (this.output.destroyed || this.output.errored !== null) {
      return;
    }
    if (this.output.writableLength > LONGEST_BACKLOG) {
      this.#warnOnce('request lines are lost, because their reader is too slow; see to that reader');
      return;
    }
    const { credential, app } = this.options;
    this.output.write(`${requestLine(served, credential, app())}\n`);
  }

  /** Waits for the last line. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.output.destroyed && this.output.errored === null) {
      await new Promise<void>((resolve) => this.output.once('error', () => resolve()).end(() => resolve()));
    }
  }

  #warnOnce(warning: string): void {
    if (!this.#isBroken) {
      this.#isBroken = true;
      this.options.warn(warning);
    }
  }
}

/** Returns the line of one request. */
export function requestLine(
  served: ServedRequest,
  credential: string,
  app: string | undefined,
  now = new Date(),
): string {
  const { method, path, status, milliseconds, bytes, refusal } = served;
  return JSON.stringify({
    time: now.toISOString(),
    credential,
    app: app ?? null,
    method,
    path,
    status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    bytes,
    refusal,
  });
}
