import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode, ExplainedError } from '#core';

/**
 * Lower than what systems give to connections and to whoever asks for any port (from 32768, 49152 on macOS): nobody
 * else is given such a port by chance, however long it takes until it is listened on.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** Of a thousand that are all taken, the next is hardly free. */
const ATTEMPTS = 1000;

/** Those that this process has been given, or has found taken. */
const given = new Set<number>();

export interface FreePortOptions {
  /** @default 20000 */
  readonly first?: number;
  /** @default 32000 */
  readonly last?: number;
}

/**
 * A port of both loopback addresses that is free, for those that must know theirs before they listen. This process gets
 * none twice, and another one hardly the same: they are drawn by lot.
 *
 * @throws ExplainedError where none is free
 */
export async function freePort({ first = FIRST, last = LAST }: FreePortOptions = {}): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = first + Math.floor(Math.random() * (last - first + 1));
    if (given.has(port)) {
      continue;
    }
    // Before it is looked at: who asks meanwhile is not to look at the same one.
    given.add(port);
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) {
      return port;
    }
  }
  throw new ExplainedError(`no port from ${first} to ${last} is free on this machine; end what listens there`);
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), 'listening');
  } catch (error) {
    // Of a machine without IPv6, the port is free there.
    return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errorCode(error));
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
