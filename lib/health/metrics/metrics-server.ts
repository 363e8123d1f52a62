import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode } from '#core';
import { closeServer, listen, portError } from '../../browser/loopback-servers';
import { urlHost } from '../../declaration/schema/host-name';

export interface ListenAddress {
  /** Name or IP address, without brackets. */
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
}

const OPEN_METRICS = 'application/openmetrics-text';
const CONTENT_TYPES = {
  openMetrics: `${OPEN_METRICS}; version=1.0.0; charset=utf-8`,
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Time limit for a client to send its request and to take the answer. */
const PATIENCE_MS = 10_000;

/** Limit of open connections: far more than concurrent scrapers, and fewer than a process may have open. */
const MAXIMUM_CONNECTIONS = 256;

/** Server of the text of the last look. A scrape starts no look. */
export class MetricsServer implements AsyncDisposable {
  private constructor(
    readonly server: Server,
    /** URL for the scraper. */
    readonly url: string,
  ) {}

  /**
   * @param text text of the last look; undefined before the first one has ended
   * @param patienceMs time limit for a client's request, and for the answer
   * @throws ExplainedError if the port is not available
   */
  static async listen(
    { host, port }: ListenAddress,
    text: () => string | undefined,
    patienceMs = PATIENCE_MS,
  ): Promise<MetricsServer> {
    const server = createServer(
      { headersTimeout: patienceMs, requestTimeout: patienceMs, connectionsCheckingInterval: patienceMs / 10 },
      (request, response) => {
        const late = setTimeout(() => response.destroy(), patienceMs).unref();
        response.on('close', () => clearTimeout(late));
        answer(request, response, text());
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

function answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse, text?: string): void {
  // An idle connection would time out between two scrapes.
  response.setHeader('Connection', 'close').setHeader('Cache-Control', 'no-store');
  if (url.split('?')[0] !== '/metrics') {
    refuse(response, 404, 'not found: the only path is /metrics');
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'not allowed: use GET');
  } else if (text === undefined) {
    response.setHeader('Retry-After', '5');
    refuse(response, 503, 'the first look has not ended yet: try again in some seconds');
  } else {
    const contentType = takesOpenMetrics(headers.accept) ? CONTENT_TYPES.openMetrics : CONTENT_TYPES.prometheus;
    response.writeHead(200, { 'Content-Type': contentType, Vary: 'Accept' }).end(text);
  }
}

function refuse(response: ServerResponse, statusCode: number, why: string): void {
  response.writeHead(statusCode, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
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
