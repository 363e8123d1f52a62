import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type ListenOptions } from 'node:net';
import { errorCode, ExplainedError, isLoopback, oneLine, UsageError } from '#core';

/** The place where callers reach the proxy. */
export type ProxyAddress =
  | {
      /** Host and port on loopback. With port 0, any free one. @default "127.0.0.1:18201" */
      readonly listen?: string;
      readonly socket?: undefined;
    }
  | {
      readonly listen?: undefined;
      /** Path of a Unix socket, for its owner alone until its mode is changed. */
      readonly socket: string;
    };

const DEFAULT_ADDRESS = '127.0.0.1:18201';

/**
 * Listens. The socket of a proxy that has ended is replaced.
 *
 * @returns values of header `Host` that name the server, the first one for messages. None for a socket
 * @throws ExplainedError
 */
export async function listenAt(server: Server, { listen = DEFAULT_ADDRESS, socket }: ProxyAddress): Promise<string[]> {
  if (socket !== undefined) {
    await listenOnSocket(server, socket);
    return [];
  }
  const { host, hostname, port } = loopbackAddress(listen);
  await listenOnPort(server, { text: listen, host, port, option: '--listen' });
  const { port: actual } = server.address() as AddressInfo;
  const names = [...new Set([hostname, '127.0.0.1', 'localhost', '[::1]'])];
  return names.flatMap((name) => (actual === 80 ? [`${name}:80`, name] : [`${name}:${actual}`]));
}

export interface PortOptions {
  /** The address as the command line has it. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  /** Option that names the address. */
  readonly option: string;
}

/** @throws ExplainedError if the address is in use, or not one of this machine */
export async function listenOnPort(server: Server, { text, host, port, option }: PortOptions): Promise<void> {
  const other = text.replace(/\d+$/, '0');
  await listening(server, { host, port }, (code) =>
    code === 'EADDRINUSE'
      ? `${oneLine(text)} is in use by another program; end that one, or give another port, such as ${option} ${other} for any free one`
      : `nothing can listen at ${oneLine(text)} (${code}); give another address by ${option}`,
  );
}

/** Reads `<host>:<port>`. @throws UsageError unless it is on loopback */
export function loopbackAddress(text: string): { host: string; hostname: string; port: number } {
  const { hostname, host, port } = parseAddress(text, '--listen');
  if (!isLoopback(hostname)) {
    throw new UsageError(
      `the proxy must listen on loopback, got "${oneLine(text)}"; give 127.0.0.1 and a port, because its traffic is not encrypted`,
    );
  }
  return { hostname, host, port };
}

/** Reads `<host>:<port>`. An IPv6 address stands in brackets. @throws UsageError */
export function parseAddress(text: string, option: string): { host: string; hostname: string; port: number } {
  const [, hostname, digits] = /^(\[[\da-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (hostname === undefined || port > 65_535) {
    const example = option === '--metrics' ? '127.0.0.1:19201' : DEFAULT_ADDRESS;
    throw new UsageError(`${option} must be a host and a port, got "${oneLine(text)}"; write it like "${example}"`);
  }
  return { hostname: hostname.toLowerCase(), host: hostname.replace(/^\[|\]$/g, ''), port };
}

/** Longest path of a socket, in bytes. The system cuts a longer one without an error. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

async function listenOnSocket(server: Server, path: string): Promise<void> {
  const length = Buffer.byteLength(path);
  if (length > LONGEST_SOCKET_PATH) {
    throw new UsageError(
      `the path of a socket has at most ${LONGEST_SOCKET_PATH} bytes, got ${length}; give a shorter one by --socket`,
    );
  }
  const explain = (code: string): string =>
    code === 'EADDRINUSE'
      ? `the socket ${oneLine(path)} is in use by another program; end that one, or give another file by --socket`
      : `no socket can be made at ${oneLine(path)} (${code}); give another file by --socket`;
  await listening(server, { path }, explain, async () => {
    const isGone = await isAbandoned(path);
    if (isGone) {
      unlinkSync(path);
    }
    return isGone;
  });
}

/** @param makeWay called if the address is in use. It returns whether another attempt is worth it */
async function listening(
  server: Server,
  at: ListenOptions,
  explain: (code: string) => string,
  makeWay = (): Promise<boolean> => Promise.resolve(false),
): Promise<void> {
  try {
    bind(server, at);
    await once(server, 'listening');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EADDRINUSE' && (await makeWay())) {
      await listening(server, at, explain);
      return;
    }
    throw new ExplainedError(explain(code));
  }
}

/** Begins to listen. Node makes a socket before listen() returns, so nobody else can use the socket in between. */
function bind(server: Server, at: ListenOptions): void {
  const umask = process.umask(0o177);
  try {
    server.listen(at);
  } finally {
    process.umask(umask);
  }
}

/** Whether the file is a socket that nobody listens at. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    if (!lstatSync(path).isSocket()) {
      throw new ExplainedError(`${oneLine(path)} exists and is no socket; give another file by --socket`);
    }
    const probe = connect(path);
    try {
      await once(probe, 'connect');
      return false;
    } finally {
      probe.destroy();
    }
  } catch (error) {
    if (error instanceof ExplainedError) {
      throw error;
    }
    return errorCode(error) === 'ECONNREFUSED';
  }
}
