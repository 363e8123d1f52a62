import { InvalidArgumentError } from 'commander';
import { isIP } from 'node:net';
import { isHostName } from '../../declaration/schema/host-name';
import type { ListenAddress } from '../../health/metrics/metrics-server';

/**
 * For options with an address to listen on: `host:port`, or a port on loopback.
 *
 * @throws InvalidArgumentError
 */
export function listenAddress(text: string): ListenAddress {
  const [, bracketed, named, digits = ''] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? named ?? '127.0.0.1';
  const isHost = bracketed === undefined ? isIP(host) === 4 || isHostName(host) : isIP(host) === 6;
  const port = Number(digits);
  if (digits === '' || !isHost || port > 65_535) {
    throw new InvalidArgumentError(
      `It must be host:port, such as "127.0.0.1:18200" or "[::1]:18200", or a port alone, got "${text}".`,
    );
  }
  return { host, port };
}
