import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode } from '#core';
import { closeServer, listen, type ListenAddress, portError } from '../../browser/loopback-servers';
import { urlHost } from '../../declaration/schema/host-name';
import type { Health } from './liveness';

const OPEN_METRICS = 'application/openmetrics-text';
const CONTENT_TYPES = {
  openMetrics: `${OPEN_METRICS}; version=1.0.0; charset=utf-8`,
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Time limit for a client to send its request and to take the answer. */
const PATIENCE_MS = 10_000;

/** Limit of open connections: far more than concurrent scrapers, and fewer than a process may have open. */
const MAXIMUM_CONNECTIONS = 256;

export interface MetricsServerOptions {
  /** Text of the last look; undefined before the first one has ended. */
  readonly text: () => string | undefined;
  /** Whether this process goes on with its looks. */
  readonly health: () => Health;
  /** Time limit for a client's request, and for the answer. @default 10000 */
  readonly patienceMs?: number;
}

/** Server of the text of the last look. A scrape starts no look, and neither does a probe. */
export class MetricsServer implements AsyncDisposable {
  private constructor(
    readonly server: Server,
    /** URL for the scraper. */
    readonly url: string,
  ) {}

  /** @throws ExplainedError if the port is not available */
  static async listen({ host, port }: ListenAddress, options: MetricsServerOptions): Promise<MetricsServer> {
    const { patienceMs = PATIENCE_MS } = options;
    const server = createServer(
      { headersTimeout: patienceMs, requestTimeout: patienceMs, connectionsCheckingInterval: patienceMs / 10 },
      (request, response) => {
        const late = setTimeout(() => response.destroy(), patienceMs).unref();
        response.on('close', () => clearTimeout(late));
        answer(request, response, options);
      },
    );
    server.maxConnections = MAXIMUM_CONNECTIONS;
    await listen(server, host, port).catch((error: unknown) => {
      throw portError(`port ${port} on ${host}`, port, errorCode(error), {
        taken: `give another port, such as --serve ${urlHost(host)}:${port + 1}`,
        reserved: 'give a port of 1024 or more by --serve',
        missing: 'give an address of this machine by --serve',
      });
    });
    return new MetricsServer(server, `http://${urlHost(host)}:${(server.address() as AddressInfo).port}/metrics`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeServer(this.server);
  }
}

const PATHS: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse, options: MetricsServerOptions) => void>
> = {
  '/metrics': answerScrape,
  '/healthz': answerProbe,
};

function answer(request: IncomingMessage, response: ServerResponse, options: MetricsServerOptions): void {
  const { method = '', url = '' } = request;
  const [path = ''] = url.split('?');
  const answerAt = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
  // An idle connection would time out between two scrapes.
  response.setHeader('Connection', 'close').setHeader('Cache-Control', 'no-store');
  if (answerAt === undefined) {
    say(response, 404, `not found: the paths are ${Object.keys(PATHS).join(' and ')}`);
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    say(response, 405, 'not allowed: use GET');
  } else {
    answerAt(request, response, options);
  }
}

function answerScrape({ headers }: IncomingMessage, response: ServerResponse, options: MetricsServerOptions): void {
  const text = options.text();
  if (text === undefined) {
    response.setHeader('Retry-After', '5');
    say(response, 503, 'the first look has not ended yet: try again in some seconds');
  } else {
    const contentType = takesOpenMetrics(headers.accept) ? CONTENT_TYPES.openMetrics : CONTENT_TYPES.prometheus;
    response.writeHead(200, { 'Content-Type': contentType, Vary: 'Accept' }).end(text);
  }
}

/** A probe tells nothing about the grants, because a restart of this process would help none of them. */
function answerProbe(_: IncomingMessage, response: ServerResponse, options: MetricsServerOptions): void {
  const { isAlive, detail } = options.health();
  say(response, isAlive ? 200 : 503, detail);
}

function say(response: ServerResponse, statusCode: number, line: string): void {
  response.writeHead(statusCode, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${line}\n`);
}

/** Whether the client accepts OpenMetrics 1 and does not prefer `text/plain`. */
export function takesOpenMetrics(accept = ''): boolean {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const parameter = (name: string): string | undefined =>
      parameters.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    return { type, version: parameter('version') ?? '1.0.0', quality: Number(parameter('q') ?? 1) };
  });
  const best = (found: typeof ranges): number => Math.max(0, ...found.map(({ quality }) => quality));
  const openMetrics = best(ranges.filter(({ type, version }) => type === OPEN_METRICS && version.startsWith('1.')));
  return openMetrics > 0 && openMetrics >= best(ranges.filter(({ type }) => type === 'text/plain'));
}
