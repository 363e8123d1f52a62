import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';

/* Many readers of one server, with plain HTTP: reader and server share the processors, so a library would distort the figures. */

export interface LoadOptions {
  readonly address: string;
  readonly token: string;
  /** Paths that all readers together read in turn. */
  readonly paths: readonly string[];
  /** Number of concurrent readers, with one connection each. */
  readonly readers: number;
  /** Pause between an answer and the next request. @default 0 */
  readonly pauseMs?: number;
}

export class Load {
  /** Duration of each answered read, in milliseconds. */
  readonly waits: number[] = [];
  /** Number of answers other than 200, by status. */
  readonly failures = new Map<number, number>();
  readonly #started = performance.now();
  #seconds = NaN;
  #isStopped = false;
  #reading: Promise<unknown> = Promise.resolve();
  #next = 0;

  private constructor(private readonly options: LoadOptions) {}

  static async start(options: LoadOptions): Promise<Load> {
    const { hostname, port } = new URL(options.address);
    const load = new Load(options);
    const sockets = Array.from({ length: options.readers }, () => connect(Number(port), hostname).setNoDelay());
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    load.#reading = Promise.all(sockets.map((socket) => load.#readOn(socket)));
    return load;
  }

  /** Stops after the current reads. */
  async stop(): Promise<this> {
    this.#seconds = (performance.now() - this.#started) / 1000;
    this.#isStopped = true;
    await this.#reading;
    return this;
  }

  get aSecond(): number {
    return this.waits.length / this.#seconds;
  }

  get failed(): number {
    return [...this.failures.values()].reduce((sum, times) => sum + times, 0);
  }

  async #readOn(socket: Socket): Promise<void> {
    const { token, paths, pauseMs = 0 } = this.options;
    try {
      while (!this.#isStopped) {
        const path = paths[this.#next++ % paths.length] ?? '';
        const asked = performance.now();
        const status = await readOnce(
          socket,
          `GET /v1/${path} HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: ${token}\r\n\r\n`,
        );
        this.waits.push(performance.now() - asked);
        if (status !== 200) {
          this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
        }
        if (pauseMs > 0) {
          await sleep(pauseMs);
        }
      }
    } finally {
      socket.destroy();
    }
  }
}

/** @returns the status of the complete answer */
async function readOnce(socket: Socket, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const onData = (part: Buffer): void => {
      answer += part.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head === -1) {
        return;
      }
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer.slice(0, head + 2))?.[1];
      if (length === undefined) {
        end();
        reject(new ExplainedError('the server answered without a Content-Length, which this measurement needs'));
      } else if (answer.length >= head + 4 + Number(length)) {
        end();
        resolve(Number(answer.slice(9, 12)));
      }
    };
    const onEnd = (): void => {
      end();
      reject(new ExplainedError('the server closed a connection during a read'));
    };
    const end = (): void => {
      socket.off('data', onData).off('close', onEnd).off('error', onEnd);
    };
    socket.on('data', onData).once('close', onEnd).once('error', onEnd);
    socket.write(request);
  });
}
