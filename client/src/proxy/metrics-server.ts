import { createServer, type Server } from 'node:http';
import { listenOnPort, parseAddress } from './proxy-address';

export interface MetricsServerOptions {
  /** Host and port, on any interface. */
  readonly address: string;
  /** The metrics as text. */
  readonly metrics: (isOpenMetrics: boolean) => string;
}

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const PLAIN = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves `/metrics` and `/healthz`, at a port of their own. Anybody who reaches the port may read them. */
export class MetricsServer implements AsyncDisposable {
  /** Whether the proxy serves. It is about this process alone, because a restart mends neither Vault nor Webex. */
  isReady = false;
  readonly #server: Server;

  private constructor(private readonly metrics: MetricsServerOptions['metrics']) {
    this.#server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const { status, type, body } = this.#answer(path, request.headers.accept);
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
    });
  }

  /** @throws ExplainedError if the address is wrong or in use */
  static async listen({ address, metrics }: MetricsServerOptions): Promise<MetricsServer> {
    const made = new MetricsServer(metrics);
    await listenOnPort(made.#server, { ...parseAddress(address, '--metrics'), text: address, option: '--metrics' });
    return made;
  }

  #answer(path: string, accepted = ''): { status: number; type: string; body: string } {
    if (path === '/healthz') {
      return { status: this.isReady ? 200 : 503, type: PLAIN, body: this.isReady ? 'ok\n' : 'starting\n' };
    }
    if (path !== '/metrics') {
      return { status: 404, type: PLAIN, body: 'only /metrics and /healthz\n' };
    }
    const isOpenMetrics = accepted.includes('application/openmetrics-text');
    return { status: 200, type: isOpenMetrics ? OPEN_METRICS : PLAIN, body: this.metrics(isOpenMetrics) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
