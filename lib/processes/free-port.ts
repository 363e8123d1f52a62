import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode, ExplainedError } from '#core';

/**
 * Ports below those that systems assign to connections and to port 0 (from 32768, 49152 on macOS). No other process gets
 * such a port by chance before it is listened on.
 */
const FIRST = 20_000;
const LAST = 32_000;

const ATTEMPTS = 1000;

/** Ports that this process was given or found taken. */
const given = new Set<number>();

/**
 * A free port of both loopback addresses, for a program that must know its port before it listens. Ports are drawn at
 * random, so that two processes hardly get the same one. This process gets no port twice.
 */
export async function freePort(first = FIRST, last = LAST): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = first + Math.floor(Math.random() * (last - first + 1));
    if (given.has(port)) {
      continue;
    }
    // Added before the probe, so that a concurrent call does not probe the same port.
    given.add(port);
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) {
      return port;
    }
  }
  throw new ExplainedError(
    `no port from ${first} to ${last} is free on this machine; stop a program that listens there`,
  );
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), 'listening');
  } catch (error) {
    // A machine without IPv6 has no such address.
    return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errorCode(error));
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
