import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openLoop } from '../../../bench/sections/open-loop';

let server: Server;

async function port(listener: RequestListener): Promise<number> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const load = { path: '/v1/people/me', key: 'a-key' };

it('each request has the key, and each connection takes many', async () => {
  const connections = new Set<unknown>();
  const keys = new Set<unknown>();
  const at = await port((request, response) => {
    connections.add(request.socket);
    keys.add(request.headers.authorization);
    response.end('{}');
  });
  const { waits, bytes } = await openLoop({ ...load, port: at, connections: 3, seconds: 0.1, rate: 300 });
  expect(waits).toHaveLength(30);
  expect(bytes).toBe(60);
  expect([...keys]).toEqual(['Bearer a-key']);
  expect(connections.size).toBe(3);
});

it('a pause of the server is in the wait of each request that was due meanwhile', async () => {
  let held: (() => void)[] | undefined = [];
  const release = (): void => {
    held?.forEach((end) => end());
    held = undefined;
  };
  const at = await port((_, response) => {
    const end = (): void => void response.end('{}');
    if (held === undefined) {
      end();
    } else if (held.push(end) === 1) {
      // All requests are due within 90 ms, although the one connection has asked for the first only.
      setTimeout(release, 300);
    }
  });
  const { waits } = await openLoop({ ...load, port: at, connections: 1, seconds: 0.1, rate: 100 });
  expect(waits).toHaveLength(10);
  expect(Math.min(...waits)).toBeGreaterThan(150);
});

it('a long answer that arrives in parts is one answer', async () => {
  const at = await port((_, response) => {
    response.writeHead(200, { 'content-length': 2_000_000 });
    response.end(Buffer.alloc(2_000_000));
  });
  const { waits, bytes } = await openLoop({ ...load, port: at, connections: 1, seconds: 1, rate: 1 });
  expect([waits.length, bytes]).toEqual([1, 2_000_000]);
});

it('a load fails with the first answer that is no success', async () => {
  const at = await port((_, response) => response.writeHead(503).end('{}'));
  await expect(openLoop({ ...load, port: at, connections: 2, seconds: 1 })).rejects.toThrow(/HTTP\/1\.1 503/);
});
