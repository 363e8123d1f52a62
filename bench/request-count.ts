import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a server, hands everything on, and counts what was asked of it, such as `GET /v1/kv/entry`. */
export class RequestCount implements AsyncDisposable {
  readonly #server: Server;
  readonly #counts = new Map<string, number>();

  private constructor(private readonly target: string) {
    this.#server = createServer((incoming, answer) => this.#pass(incoming, answer));
  }

  static async before(target: string): Promise<RequestCount> {
    const count = new RequestCount(target);
    count.#server.listen(0, '127.0.0.1');
    await once(count.#server, 'listening');
    return count;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** @param method @default - any */
  of(path: string, method = ''): number {
    const asked = [...this.#counts].filter(([key]) => key.startsWith(method) && key.endsWith(` /v1/${path}`));
    return asked.reduce((sum, [, times]) => sum + times, 0);
  }

  reset(): void {
    this.#counts.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url = '/', headers } = incoming;
    const asked = `${method} ${url}`;
    this.#counts.set(asked, (this.#counts.get(asked) ?? 0) + 1);
    const forwarded = request(new URL(url, this.target), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    incoming.pipe(forwarded);
  }
}
