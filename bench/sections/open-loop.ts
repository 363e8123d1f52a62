import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ExplainedError } from '#core';

/*
 * Requests at a fixed rate, whose times do not depend on the answers. A wait counts from the time at which a request was due.
 * So a pause of the server is in the waits of all requests that were due meanwhile, which is the correction for coordinated
 * omission. HTTP is written by hand, because caller and server share the processors.
 */

export interface LoadRequest {
  readonly port: number;
  readonly path: string;
  readonly key: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second. @default - as many as the connections carry */
  readonly rate?: number;
}

export interface LoadResult {
  /** Milliseconds from the due time of each request to the end of its answer. */
  readonly waits: readonly number[];
  readonly aSecond: number;
  readonly bytes: number;
}

/** Puts load on a server. @throws ExplainedError if an answer is no success */
export async function openLoop(request: LoadRequest): Promise<LoadResult> {
  const { port, connections, seconds, rate } = request;
  const waits: number[] = [];
  const due: number[] = [];
  const idle: Connection[] = [];
  let bytes = 0;
  let isOver = false;
  const next = (connection: Connection): void => {
    const at = rate === undefined ? (isOver ? undefined : performance.now()) : due.shift();
    if (at === undefined) {
      idle.push(connection);
    } else {
      connection.ask(at);
    }
  };
  const answered = (connection: Connection, dueAt: number, size: number): void => {
    waits.push(performance.now() - dueAt);
    bytes += size;
    next(connection);
  };
  const all = Array.from({ length: connections }, () => new Connection(request, answered));
  try {
    await Promise.all(all.map(({ socket }) => once(socket, 'connect')));
    const started = performance.now();
    all.forEach(next);
    const broken = Promise.race(all.map((connection) => connection.broken));
    await Promise.race([broken, rate === undefined ? pause(1000 * seconds) : schedule(rate, seconds, due, idle, next)]);
    isOver = true;
    const count = waits.length;
    const elapsed = (performance.now() - started) / 1000;
    await Promise.race([broken, untilIdle(() => due.length === 0 && idle.length === connections)]);
    return { waits, aSecond: count / elapsed, bytes };
  } catch (error) {
    throw new ExplainedError(`port ${port} did not answer as expected: ${(error as Error).message}`);
  } finally {
    all.forEach(({ socket }) => socket.destroy());
  }
}

/** One kept connection, with one request at a time. */
class Connection {
  readonly socket: Socket;
  readonly broken: Promise<never>;
  readonly #request: Buffer;
  #head = '';
  #unread = 0;
  #size = 0;
  #dueAt = 0;

  constructor(
    { port, path, key }: LoadRequest,
    private readonly answered: (connection: Connection, dueAt: number, size: number) => void,
  ) {
    const headers = ['Accept: */*', 'User-Agent: bench', `Authorization: Bearer ${key}`];
    const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, '', ''];
    this.#request = Buffer.from(lines.join('\r\n'));
    this.socket = connect(port, '127.0.0.1').setNoDelay();
    this.broken = new Promise((_, reject) => {
      this.socket.on('data', (part: Buffer) => this.#read(part, reject));
      this.socket.on('error', reject);
      this.socket.once('close', () => reject(new Error('it closed a connection')));
    });
    this.broken.catch(() => undefined);
  }

  ask(dueAt: number): void {
    this.#dueAt = dueAt;
    this.socket.write(this.#request);
  }

  #read(part: Buffer, fail: (error: Error) => void): void {
    if (this.#unread === 0) {
      this.#head += part.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end === -1) {
        return;
      }
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#head.slice(0, end + 2))?.[1];
      if (!this.#head.startsWith('HTTP/1.1 200') || length === undefined) {
        fail(new Error(`it answered "${this.#head.slice(0, 60)}"`));
        return;
      }
      this.#size = Number(length);
      this.#unread = this.#size - (this.#head.length - end - 4);
      this.#head = '';
    } else {
      this.#unread -= part.length;
    }
    if (this.#unread === 0) {
      this.answered(this, this.#dueAt, this.#size);
    }
  }
}

/** Hands out each request when it is due, or keeps it until a connection is idle. */
async function schedule(
  rate: number,
  seconds: number,
  due: number[],
  idle: Connection[],
  next: (connection: Connection) => void,
): Promise<void> {
  const started = performance.now();
  for (let count = 0; count < rate * seconds;) {
    const now = performance.now();
    for (; count < rate * seconds && started + (1000 * count) / rate <= now; count += 1) {
      due.push(started + (1000 * count) / rate);
      const connection = idle.shift();
      if (connection !== undefined) {
        next(connection);
      }
    }
    await pause(1);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function untilIdle(isIdle: () => boolean): Promise<void> {
  while (!isIdle()) {
    await pause(1);
  }
}
