import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Hono } from 'hono';
import { freePort } from '../../../lib/process/free-port';
import { serve } from '../../../samples/people-me-web/serve';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const LOOPBACK = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

const app = new Hono();
app.get('/', (c) => c.text('here'));

function statusAt(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('error', reject).end();
  });
}

it('answers for localhost on both loopback addresses, and on nothing else', async () => {
  const port = await freePort();
  const server = await serve(app, new URL(`http://localhost:${port}/auth`));
  for (const address of LOOPBACK) {
    expect(await statusAt(address, port)).toBe(200);
  }
  await expect(statusAt('127.0.0.2', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await server[Symbol.asyncDispose]();
  await expect(statusAt('127.0.0.1', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it.each(LOOPBACK)('listens nowhere where the port is taken on %s, and says so', async (address) => {
  const other = createServer().listen(0, address);
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(serve(app, new URL(`http://localhost:${port}/auth`))).rejects.toThrow(
    `port ${port} on ${address}, where the redirect URL points, is taken by another program`,
  );
  for (const free of LOOPBACK.filter((one) => one !== address)) {
    await expect(statusAt(free, port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }
  other.close();
});
