import { VaultResponseError } from '../../../core/src/vault/vault-errors';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { retryAfterMs } from '../../../core/src/http/retry';
import { VaultClient } from '../../../lib/vault/vault-client';

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Thu, 01 Jan 1970 00:01:40 GMT', 40_000],
    ['Thu, 01 Jan 1970 00:00:40 GMT', 0],
    ['9'.repeat(400), 2 ** 31 - 1],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 2 ** 31 - 1],
    ['-7', undefined],
    ['7 soon', undefined],
    ['1970-01-01T00:01:40Z', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('retryAfterMs reads %p as %p', (header, expected) => {
    expect(retryAfterMs(header, 60_000)).toBe(expected);
  });
});

describe('a rate limit of Vault', () => {
  let server: Server;

  beforeEach(async () => {
    // Answers each path with the number in it, the later the smaller the number: answers cross on the way.
    server = createServer((request, response) => {
      const seconds = Number(/\d+/.exec(request.url?.slice(4) ?? '')?.[0]);
      setTimeout(
        () => response.writeHead(429, seconds === 0 ? {} : { 'Retry-After': seconds }).end('{"errors":["slow down"]}'),
        60 - 10 * seconds,
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('each refusal of a rate-limited Vault carries its own wait', async () => {
    const vault = new VaultClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const asked = async (seconds: number): Promise<number | undefined> => {
      const error: unknown = await vault.delete(`limited/${seconds}`).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(VaultResponseError);
      return (error as VaultResponseError).retryAfterMs;
    };
    await expect(Promise.all([1, 0, 5, 3].map(asked))).resolves.toEqual([1000, undefined, 5000, 3000]);
    // And again over connections that are kept open.
    await expect(Promise.all([4, 0, 2].map(asked))).resolves.toEqual([4000, undefined, 2000]);
  });
});
