import { Agent as HttpAgent, request as requestHttp, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { NetworkError } from './network-error';

/*
 * Connections through a proxy, by CONNECT. No library: hpagent, the smallest that is kept, neither ends a CONNECT at the
 * deadline of its request, nor verifies the proxy's certificate whatever the environment says, nor tells by a code why
 * the proxy refused.
 */

export interface ProxyAgentOptions {
  readonly keepAlive: boolean;
  /** Of an idle connection. */
  readonly timeout: number;
  /** PEM of the CA that signed the server's certificate, and perhaps the proxy's. @default - the system's CAs */
  readonly ca?: string;
}

/** What the request hands through its agent. */
export interface ProxiedRequestOptions extends RequestOptions {
  /** Where to put what ends the request to the proxy, while that is under way. */
  readonly connecting?: { end?: () => void };
}

/** What Node gives to `createConnection`. */
type Connected = (error: Error | null, socket?: Socket) => void;

/** For servers that are asked in plain HTTP. */
export class HttpProxyAgent extends HttpAgent {
  readonly #proxy: URL;
  readonly #ca: string | undefined;

  constructor(proxy: URL, options: ProxyAgentOptions) {
    super(options);
    this.#proxy = proxy;
    this.#ca = options.ca;
  }

  override createConnection(options: RequestOptions, done?: unknown): undefined {
    connect(this.#proxy, this.#ca, options, done as Connected);
  }
}

/** For servers that are asked over TLS, which the proxy does not see into. */
export class HttpsProxyAgent extends HttpsAgent {
  readonly #proxy: URL;
  readonly #ca: string | undefined;

  constructor(proxy: URL, options: ProxyAgentOptions) {
    super(options);
    this.#proxy = proxy;
    this.#ca = options.ca;
  }

  override createConnection(options: RequestOptions, done?: unknown): undefined {
    const connected = done as Connected;
    connect(this.#proxy, this.#ca, options, (error, socket) => {
      if (error === null) {
        connected(null, super.createConnection({ ...options, socket } as RequestOptions) as Socket);
      } else {
        connected(error);
      }
    });
  }
}

function connect(proxy: URL, ca: string | undefined, options: ProxiedRequestOptions, done: Connected): void {
  const { host, port } = options;
  const hostname = proxy.hostname.replace(/^\[|\]$/g, '');
  const target = `${host?.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const request = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
    hostname,
    // Node would take it from the header "host".
    servername: isIP(hostname) === 0 ? hostname : '',
    port: proxy.port,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(credentials === ':' ? {} : { 'proxy-authorization': authorization }) },
    agent: false,
    ca: ca === undefined ? undefined : [...rootCertificates, ca],
    rejectUnauthorized: true,
  });
  if (options.connecting !== undefined) {
    options.connecting.end = () => request.destroy();
  }
  request.once('connect', ({ statusCode = 0 }, socket) => {
    if (statusCode === 200) {
      done(null, socket);
    } else {
      socket.destroy();
      done(new NetworkError(`the proxy answered ${statusCode}`));
    }
  });
  request.on('error', (error) => done(new NetworkError(`${NetworkError.from(error).code} of the proxy`)));
  request.end();
}
