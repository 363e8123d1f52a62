import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { errorCode, ExplainedError } from '#core';

export type Server = HttpServer | TlsServer;

export interface ListenAddress {
  /** Name or IP address, without brackets. */
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
}

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
      const code = errorCode(error);
      const noSuchAddress = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
      if (index === 0 || !noSuchAddress) {
        await Promise.all(servers.map(closeServer));
        throw portError(`port ${port} on ${host}, which redirect URL ${redirectUrl.href} needs,`, port, code, {
          taken: `register a redirect URL with another port${otherWay === undefined ? '' : `, or ${otherWay}`}`,
          reserved: 'register a redirect URL with a port of 1024 or more',
          missing: 'register another loopback redirect URL',
        });
      }
    }
  }
  return servers;
}

/** @throws the system's error, such as EADDRINUSE */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  await once(server.listen({ host, port, ipv6Only: host === '::1' }), 'listening');
}

export async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    // Idle connections of a browser would keep this process running.
    server.closeAllConnections();
  });
}

/** @param advice steps for a port that is taken, or reserved for the superuser, and for a missing address */
export function portError(
  place: string,
  port: number,
  code: string,
  advice: { readonly taken: string; readonly reserved: string; readonly missing: string },
): ExplainedError {
  if (code === 'EADDRINUSE') {
    const airPlay = process.platform === 'darwin' && (port === 5000 || port === 7000);
    const hint = airPlay ? 'turn off the AirPlay Receiver of macOS' : `stop it (find it with "lsof -i :${port}")`;
    return new ExplainedError(`${place} is taken by another program; ${hint}, or ${advice.taken}`);
  }
  return code === 'EACCES'
    ? new ExplainedError(`${place} is reserved for the superuser; ${advice.reserved}`)
    : new ExplainedError(`${place} cannot be listened on (${code}); ${advice.missing}`);
}
