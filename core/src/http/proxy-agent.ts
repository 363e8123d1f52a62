import type { Agent, RequestOptions } from 'node:http';
import type { request as OpenRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { NetworkError } from './network-error';

/*
 * Connections through a proxy, by CONNECT. The smallest maintained library, hpagent, fails in three points. It keeps a CONNECT
 * beyond the deadline of its request, obeys NODE_TLS_REJECT_UNAUTHORIZED, and hides the status of a refusal.
 */

export interface ProxyAgentOptions {
  readonly keepAlive: boolean;
  /** Timeout of an idle connection, in milliseconds. */
  readonly timeout: number;
  /** PEM of the CA that signed the server's certificate, and perhaps the proxy's. @default - the system's CAs */
  readonly ca?: string;
  /** PEM of the client certificate, shown to the server and never to the proxy. @default - none */
  readonly cert?: string;
  readonly key?: string;
}

/** Options that a request passes through its agent. */
export interface ProxiedRequestOptions extends RequestOptions {
  /** Receives a function that ends the request to the proxy. */
  readonly connecting?: { end?: () => void };
}

/** The callback of `createConnection`. */
type Connected = (error: Error | null, socket?: Socket) => void;

/**
 * An agent for one server, over TLS or in plain HTTP.
 *
 * Node's modules are loaded here, only if a proxy is set. This file is imported statically, because a dynamic `import()`
 * does not find a TypeScript source in a clone.
 */
export async function proxyAgent({ protocol }: URL, proxy: URL, options: ProxyAgentOptions): Promise<Agent> {
  const [http, https, tls] = await Promise.all([import('node:http'), import('node:https'), import('node:tls')]);
  const { request: open } = proxy.protocol === 'https:' ? https : http;
  const ca = options.ca === undefined ? undefined : [...tls.rootCertificates, options.ca];
  const tunnel = (target: ProxiedRequestOptions, done: Connected): void => connect(open, proxy, ca, target, done);

  class HttpProxyAgent extends http.Agent {
    override createConnection(target: RequestOptions, done?: unknown): undefined {
      tunnel(target, done as Connected);
    }
  }

  /** TLS runs inside the tunnel, so the proxy sees no request. */
  class HttpsProxyAgent extends https.Agent {
    override createConnection(target: RequestOptions, done?: unknown): undefined {
      const connected = done as Connected;
      tunnel(target, (error, socket) => {
        if (error === null) {
          connected(null, super.createConnection({ ...target, socket } as RequestOptions) as Socket);
        } else {
          connected(error);
        }
      });
    }
  }

  return new (protocol === 'https:' ? HttpsProxyAgent : HttpProxyAgent)(options);
}

function connect(
  open: typeof OpenRequest,
  proxy: URL,
  ca: string[] | undefined,
  { host, port, connecting }: ProxiedRequestOptions,
  done: Connected,
): void {
  const hostname = proxy.hostname.replace(/^\[|\]$/g, '');
  const target = `${host?.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const request = open({
    hostname,
    // Node would take it from the header "host".
    servername: isIP(hostname) === 0 ? hostname : '',
    port: proxy.port,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(credentials === ':' ? {} : { 'proxy-authorization': authorization }) },
    agent: false,
    ca,
    rejectUnauthorized: true,
  });
  if (connecting !== undefined) {
    connecting.end = () => request.destroy();
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
