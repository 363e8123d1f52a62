import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExplainedError } from '#core';
import { urlHost } from '../../declaration/schema/host-name';

export interface ListenAddress {
  /** Name or IP address, without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const OPEN_METRICS = 'application/openmetrics-text';
const CONTENT_TYPES = {
  openMetrics: `${OPEN_METRICS}; version=1.0.0; charset=utf-8`,
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Who sends no request within this, or takes no answer, is cut off. */
const PATIENCE_MS = 10_000;

/** Far more than scrape at a time, and fewer than a process may have open. */
const MAXIMUM_CONNECTIONS = 256;

/** Hands out the text of the last look to whoever scrapes it. A scrape costs no look. */
export class MetricsServer implements AsyncDisposable {
  private constructor(
    readonly server: Server,
    /** Where it is scraped. */
    readonly url: string,
  ) {}

  /**
   * @param text of the last look; undefined as long as there was none
   * @param patienceMs how long a client may take for its request, and for the answer
   * @throws ExplainedError where the port cannot be had
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
    await new Promise<void>((resolve, reject) => {
      const fail = ({ code = 'no reason given' }: NodeJS.ErrnoException): void =>
        reject(cannotListen({ host, port }, code));
      server.once('error', fail);
      server.listen({ host, port }, () => {
        server.off('error', fail);
        resolve();
      });
    });
    return new MetricsServer(server, `http://${urlHost(host)}:${(server.address() as AddressInfo).port}/metrics`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

function answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse, text?: string): void {
  // Between scrapes a connection would be idle for longer than it is kept.
  response.setHeader('Connection', 'close').setHeader('Cache-Control', 'no-store');
  if (url.split('?')[0] !== '/metrics') {
    refuse(response, 404, 'there is /metrics, and nothing else');
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'metrics are only read: use GET');
  } else if (text === undefined) {
    response.setHeader('Retry-After', '5');
    refuse(response, 503, 'no look has ended yet: try again in some seconds');
  } else {
    const contentType = takesOpenMetrics(headers.accept) ? CONTENT_TYPES.openMetrics : CONTENT_TYPES.prometheus;
    response.writeHead(200, { 'Content-Type': contentType, Vary: 'Accept' }).end(text);
  }
}

function refuse(response: ServerResponse, statusCode: number, why: string): void {
  response.writeHead(statusCode, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

/** Whether OpenMetrics 1 is asked for, and nothing that is ours is preferred to it. */
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

function cannotListen({ host, port }: ListenAddress, code: string): ExplainedError {
  const got = `port ${port} on ${host}`;
  switch (code) {
    case 'EADDRINUSE':
      return new ExplainedError(
        `${got} is taken by another program; see which with "lsof -i :${port}", or give another one, such as --serve ${urlHost(host)}:${port + 1}`,
      );
    case 'EACCES':
      return new ExplainedError(`${got} is reserved for the superuser; give a port of 1024 or more by --serve`);
    default:
      return new ExplainedError(`${got} cannot be listened on (${code}); give an address of this machine by --serve`);
  }
}
