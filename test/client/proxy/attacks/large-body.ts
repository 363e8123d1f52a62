import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { httpServer, LoopbackServer } from '../../../fixtures/loopback/loopback-server';
import { ProxyProgram } from './proxy-program';

/** Sends each body back as it comes. */
class EchoingServer extends LoopbackServer {
  static start(): Promise<EchoingServer> {
    const server = new EchoingServer(httpServer());
    server.server.on('request', (asked: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': asked.headers['content-length'] });
      asked.pipe(response);
    });
    return server.listen();
  }
}

const STATUS = '/proc/self/status';

/** Why the peak of a memory cannot be read here. @default - it can be */
export const NO_PEAK = existsSync(STATUS) ? undefined : 'the peak of a memory is in /proc only';

const peakMiB = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(STATUS.replace('self', String(pid)), 'utf8'))?.[1]) / 1024;

/** Expects that a body of that size passes each way, in memory that does not grow with it. */
export async function expectConstantMemory(mebibytes: number): Promise<void> {
  await using upstream = await EchoingServer.start();
  await using proxy = await ProxyProgram.start(upstream.address, 'an-access-token');
  const { script, origin, key } = proxy;
  const pid = script.child.pid ?? 0;
  const headers = { authorization: `Bearer ${key}` };
  const part = Buffer.alloc(2 ** 20, 'x');
  const exchange = async (parts: number): Promise<number> => {
    const length = parts * part.length;
    const sent = request(`${origin}/v1/contents`, {
      method: 'POST',
      headers: { ...headers, 'content-length': length },
    });
    Readable.from(Array.from({ length: parts }, () => part)).pipe(sent);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let received = 0;
    answer.on('data', (bytes: Buffer) => (received += bytes.length));
    await once(answer, 'end');
    return received;
  };
  // The first body also pays for compiled code, and for buffers that are used again.
  await exchange(64);
  const before = peakMiB(pid);
  expect(await exchange(mebibytes)).toBe(mebibytes * part.length);
  expect(peakMiB(pid) - before).toBeLessThan(128);
}
