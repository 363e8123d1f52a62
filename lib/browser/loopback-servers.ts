import type { Server } from 'node:http';
import { ExplainedError } from '#core';

/**
 * Listens on the port of a redirect URL. `localhost` means both loopback addresses, because a browser may use either.
 *
 * @param redirectUrl loopback http, as `deployment.ts` validates it
 * @param create makes the server of one address
 * @param otherWay advice for the error. @default - none
 * @throws ExplainedError if the port cannot be listened on; no server is left then
 */
export async function listenOnLoopback(redirectUrl: URL, create: () => Server, otherWay?: string): Promise<Server[]> {
  const { hostname } = redirectUrl;
  const port = Number(redirectUrl.port || 80);
  const hosts = hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
  const servers: Server[] = [];
  for (const [index, host] of hosts.entries()) {
    const server = create();
    try {
      await listen(server, host, port);
      servers.push(server);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'no reason given';
      const noSuchAddress = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
      if (index === 0 || !noSuchAddress) {
        await closeServers(servers);
        throw portError(redirectUrl, host, port, code, otherWay);
      }
    }
  }
  return servers;
}

export async function closeServers(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          // Spare connections of a browser would keep this process running.
          server.closeAllConnections();
        }),
    ),
  );
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portError(redirectUrl: URL, host: string, port: number, code: string, otherWay?: string): ExplainedError {
  const got = `port ${port} on ${host}, where the redirect URL ${redirectUrl.href} points,`;
  if (code === 'EADDRINUSE') {
    const airPlay = process.platform === 'darwin' && (port === 5000 || port === 7000);
    const hint = airPlay ? 'macOS keeps its AirPlay Receiver there, turn it off' : `see which with "lsof -i :${port}"`;
    return new ExplainedError(
      `${got} is taken by another program; ${hint}, or register a redirect URL with another port${otherWay === undefined ? '' : `, or ${otherWay}`}`,
    );
  }
  if (code === 'EACCES') {
    return new ExplainedError(
      `${got} is reserved for the superuser; register a redirect URL with a port of 1024 or more`,
    );
  }
  return new ExplainedError(`${got} cannot be listened on (${code}); register another loopback redirect URL`);
}
