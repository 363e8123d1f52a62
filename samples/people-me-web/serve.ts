import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { ExplainedError } from 'webex-token-client';

/** How this machine says that it has no IPv6. */
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Serves the app where the redirect URL points, on loopback only: for `localhost` on both loopback addresses, as a
 * browser may take either.
 *
 * @returns what ends it when it is disposed of
 * @throws ExplainedError where the port cannot be had; nothing is listened on then
 */
export async function serve(app: Hono, redirectUrl: URL): Promise<AsyncDisposable> {
  const { hostname } = redirectUrl;
  const port = Number(redirectUrl.port || 80);
  const [first = hostname, second] =
    hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
  const servers = [await listen(app, first, port)];
  try {
    if (second !== undefined) {
      servers.push(await listen(app, second, port));
    }
  } catch (error) {
    if (!(error instanceof CannotListen && NO_SUCH_ADDRESS.includes(error.networkCode))) {
      await close(servers);
      throw error;
    }
  }
  return { [Symbol.asyncDispose]: () => close(servers) };
}

class CannotListen extends ExplainedError {
  override name = 'CannotListen';

  constructor(
    host: string,
    port: number,
    readonly networkCode: string,
  ) {
    super(`port ${port} on ${host}, where the redirect URL points, ${adviceOn(networkCode, port)}`);
  }
}

function adviceOn(code: string, port: number): string {
  if (code === 'EADDRINUSE') {
    const airPlay = process.platform === 'darwin' && (port === 5000 || port === 7000);
    const hint = airPlay ? 'macOS keeps its AirPlay Receiver there, turn it off' : `see which with "lsof -i :${port}"`;
    return `is taken by another program; ${hint}, or register a redirect URL with another port and give it by --redirect-url`;
  }
  if (code === 'EACCES') {
    return 'is reserved for the superuser; register a redirect URL with a port of 1024 or more, and give it by --redirect-url';
  }
  return `cannot be listened on (${code}); register another loopback redirect URL, and give it by --redirect-url`;
}

async function listen(app: Hono, host: string, port: number): Promise<Server> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve, reject) => {
    const fail = ({ code = 'no reason given' }: NodeJS.ErrnoException): void =>
      reject(new CannotListen(host, port, code));
    server.once('error', fail);
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.off('error', fail);
      resolve();
    });
  });
  return server;
}

async function close(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          // Browsers open connections ahead of need and keep them: they would keep this process too.
          server.closeAllConnections();
        }),
    ),
  );
}
