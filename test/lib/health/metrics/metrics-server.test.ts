import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Health } from '../../../../lib/health/metrics/liveness';
import {
  MetricsServer,
  takesOpenMetrics,
  type MetricsServerOptions,
} from '../../../../lib/health/metrics/metrics-server';

let server: MetricsServer;
let latest: string | undefined;
let health: Health;
const options: MetricsServerOptions = { text: () => latest, health: () => health };
beforeEach(async () => {
  latest = 'test_up 1\n# EOF\n';
  health = { isAlive: true, detail: 'ok' };
  server = await MetricsServer.listen({ host: '127.0.0.1', port: 0 }, options);
});
afterEach(() => server[Symbol.asyncDispose]());

async function ask(path = '/metrics', method = 'GET', headers: Record<string, string> = {}) {
  const sent = request(new URL(path, server.url), { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await textOf(response) };
}

it('the server answers with the text of the last look', async () => {
  expect(await ask()).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', connection: 'close' },
    body: latest,
  });
  expect((await ask('/metrics?name=x')).status).toBe(200);
  expect(await ask('/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
});

it('the server answers 503 until the first look has ended', async () => {
  latest = undefined;
  expect(await ask()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
});

it('a probe gets one line, also before the first look has ended', async () => {
  latest = undefined;
  expect(await ask('/healthz')).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close', 'cache-control': 'no-store' },
    body: 'ok\n',
  });
  expect(await ask('/healthz', 'HEAD')).toMatchObject({ status: 200, body: '' });
});

it('a probe gets 503 and the reason if the looks are stuck', async () => {
  health = { isAlive: false, detail: 'stuck: no look has ended for 3700 s' };
  expect(await ask('/healthz')).toMatchObject({ status: 503, body: 'stuck: no look has ended for 3700 s\n' });
  expect((await ask()).status).toBe(200);
});

it.each(['/', '/metrics/', '//metrics', '/metrics/../etc/passwd', '/healthz/', '/health', '/toString'])(
  'the server has nothing at %s',
  async (path) => {
    const socket = await connected();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const said = await textOf(socket);
    expect(said).toContain('HTTP/1.1 404 ');
    expect(said).not.toMatch(/^location:/im);
  },
);

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('the server refuses %s', async (method) => {
  expect(await ask('/metrics', method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  expect(await ask('/healthz', method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

it.each([
  // Headers of Prometheus 2.42 and of Prometheus 3.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    true,
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,*/*;q=0.1',
    true,
  ],
  ['application/openmetrics-text', true],
  ['Application/OpenMetrics-Text; Version=1.0.0', true],
  ['text/plain;version=0.0.4', false],
  ['text/plain, application/openmetrics-text;q=0.5', false],
  ['application/openmetrics-text;version=0.0.1', false],
  ['application/openmetrics-text;q=0', false],
  ['*/*', false],
  ['', false],
])('the server chooses the format by the Accept header "%s"; OpenMetrics: %s', async (accept, expected) => {
  expect(takesOpenMetrics(accept)).toBe(expected);
  const { headers } = await ask('/metrics', 'GET', { accept });
  expect(headers['content-type']).toBe(
    expected
      ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
      : 'text/plain; version=0.0.4; charset=utf-8',
  );
});

async function connected(to = server): Promise<Socket> {
  const socket = connect(Number(new URL(to.url).port), '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

/** Half of the clients send nothing. The other half begin a request without an end. */
async function slowClients(to: MetricsServer): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: 100 }, () => connected(to)));
  sockets.forEach((socket, index) => {
    // A write after the disconnection fails.
    socket.on('error', () => undefined);
    if (index % 2 === 0) {
      socket.write('GET /metrics HTTP/1.1\r\nX-Slow: ');
    }
  });
  return sockets;
}

it('the server answers while a hundred clients are silent or never finish a request', async () => {
  await using patient = await MetricsServer.listen(
    { host: '127.0.0.1', port: 0 },
    { ...options, patienceMs: 3_600_000 },
  );
  const slow = await slowClients(patient);
  expect((await ask(patient.url)).status).toBe(200);
  const connections = await promisify<number>((done) => patient.server.getConnections(done))();
  expect(connections).toBeGreaterThanOrEqual(slow.length);
});

it('the server cuts off a hundred clients that are silent or never finish a request', async () => {
  await using impatient = await MetricsServer.listen({ host: '127.0.0.1', port: 0 }, { ...options, patienceMs: 100 });
  const slow = await slowClients(impatient);
  // Some clients get an answer that they are late. A paused socket would never emit its end.
  for (const socket of slow) {
    socket.resume();
    if (!socket.closed) {
      await once(socket, 'close');
    }
  }
});

it('the server limits its connections, and answers again after they are closed', async () => {
  const many = Array.from({ length: 300 }, () => connect(Number(new URL(server.url).port), '127.0.0.1'));
  many.forEach((socket) => socket.on('error', () => undefined));
  await Promise.all(many.map((socket) => once(socket, 'connect')));
  await expect(ask()).rejects.toThrow(/socket hang up|ECONNRESET/);
  many.forEach((socket) => socket.destroy());
  for (let status: number | undefined; status !== 200;) {
    ({ status } = await ask().catch(() => ({ status: undefined })));
  }
});

it('the server is not blocked by a client that does not read the answer', async () => {
  latest = `${'# '.padEnd(20_000_000, 'x')}\n# EOF\n`;
  const deaf = await connected();
  deaf.pause().write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
  expect((await ask()).body).toHaveLength(latest.length);
  deaf.on('error', () => undefined);
  await server[Symbol.asyncDispose]();
});

it('one line says that the port is taken, and what to do', async () => {
  const port = Number(new URL(server.url).port);
  await expect(MetricsServer.listen({ host: '127.0.0.1', port }, options)).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program; stop it (find it with "lsof -i :${port}"), or give another port, such as --serve 127.0.0.1:${port + 1}`,
  );
});

it('one line says that an address does not belong to this machine', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  other.close();
  await expect(MetricsServer.listen({ host: '192.0.2.1', port }, options)).rejects.toThrow(
    `port ${port} on 192.0.2.1 cannot be listened on (EADDRNOTAVAIL); give an address of this machine by --serve`,
  );
});
