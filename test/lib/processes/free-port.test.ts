import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { freePort } from '../../../lib/processes/free-port';

test('a free port lies below the range that the system assigns, and is given only once', async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, () => freePort()));
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(new Set(ports).size).toBe(200);
});

const loopback = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, address }) => internal && ['127.0.0.1', '::1'].includes(address))
  .map(({ address }) => address);

test.each(loopback)('a port that is taken on %s is skipped', async (host) => {
  const taken = createServer().listen(0, host);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await expect(freePort(port, port)).rejects.toThrow(
    `no port from ${port} to ${port} is free on this machine; stop a program that listens there`,
  );
  taken.close();
});
