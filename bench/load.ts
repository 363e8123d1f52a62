import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';

/*
 * Many readers of one server, by the plainest HTTP there is: on a machine where reader and server share the processors, a
 * library would be measured more than the server.
 */

export interface LoadOptions {
  readonly address: string;
  readonly token: string;
  /** Read one after the other, by all readers together. */
  readonly paths: readonly string[];
  /** How many read at once, each over a connection of its own. */
  readonly readers: number;
  /** Of each between an answer and its next request. @default 0 */
  readonly pauseMs?: number;
}

/** What readers saw. */
export class Load {
  /** Of each answered read, in milliseconds. */
  readonly waits: number[] = [];
  /** Answers other than a 200, by their status. */
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

  /** Ends it once each has its answer: nobody hangs up on a read. */
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

/** @returns the status, once all of the answer is there */
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
        reject(new ExplainedError('the server has answered without a Content-Length, which is not measured here'));
      } else if (answer.length >= head + 4 + Number(length)) {
        end();
        resolve(Number(answer.slice(9, 12)));
      }
    };
    const onEnd = (): void => {
      end();
      reject(new ExplainedError('the server has closed a connection in the middle of a read'));
    };
    const end = (): void => {
      socket.off('data', onData).off('close', onEnd).off('error', onEnd);
    };
    socket.on('data', onData).once('close', onEnd).once('error', onEnd);
    socket.write(request);
  });
}
