import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Load } from '../../../bench/sections/load';

const PATHS = ['kv/one', 'kv/two'];

let server: Server;

async function startServer(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function readFor(address: string, isEnough: (load: Load) => boolean): Promise<Load> {
  const load = await Load.start({ address, token: 'a-token', paths: PATHS, readers: 3 });
  while (!isEnough(load)) {
    await new Promise(setImmediate);
  }
  return load.stop();
}

it('the readers read all paths with the token, each over one connection', async () => {
  const connections = new Set<unknown>();
  const asked = new Set<string>();
  const address = await startServer((request, response) => {
    connections.add(request.socket);
    asked.add(`${request.url} ${String(request.headers['x-vault-token'])}`);
    response.end('{}');
  });
  const load = await readFor(address, ({ waits }) => waits.length >= 30);
  expect([...asked].sort()).toEqual(['/v1/kv/one a-token', '/v1/kv/two a-token']);
  expect(connections.size).toBe(3);
  expect(load.failed).toBe(0);
});

it('the load counts an answer that arrives in parts as one answer', async () => {
  const address = await startServer((_, response) => {
    response.writeHead(200, { 'content-length': 4 });
    response.write('ab');
    setTimeout(() => response.end('cd'), 1);
  });
  const load = await readFor(address, ({ waits }) => waits.length >= 6);
  expect(load.failed).toBe(0);
});

it('the load counts failed reads by their status', async () => {
  const address = await startServer((request, response) => {
    response.statusCode = request.url === '/v1/kv/two' ? 503 : 200;
    response.end('{}');
  });
  const load = await readFor(address, ({ failed }) => failed >= 5);
  expect([...load.failures.keys()]).toEqual([503]);
  expect(load.failed).toBeLessThan(load.waits.length);
});
