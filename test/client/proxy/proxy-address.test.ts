import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { listenAt, loopbackAddress, parseAddress } from '../../../client/src/proxy/proxy-address';
import { Upstream } from '../../../client/src/proxy/upstream';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

it.each([
  ['127.0.0.1:18201', '127.0.0.1'],
  ['LOCALHOST:1', 'localhost'],
  ['[::1]:1', '::1'],
])('%s is an address on loopback', (text, host) => {
  expect(loopbackAddress(text).host.toLowerCase()).toBe(host);
});

it.each(['0.0.0.0:1', '10.0.0.1:1', '[::]:1', 'example.com:1', '127.0.0.1.example.com:1'])(
  'the proxy does not listen at %s',
  (text) => {
    expect(() => loopbackAddress(text)).toThrow(/must listen on loopback, got ".+"; give 127.0.0.1/);
  },
);

it.each(['18201', '127.0.0.1', '127.0.0.1:65536', '127.0.0.1:1/', '::1:1', 'a b:1'])(
  '%s is no host and port',
  (text) => {
    expect(() => parseAddress(text, '--metrics')).toThrow(/--metrics must be a host and a port, got/);
  },
);

it.each(['https://webexapis.com', 'https://webexapis.com/', 'http://127.0.0.1:1', 'http://[::1]:1'])(
  'an upstream may be %s',
  async (text) => {
    using upstream = await Upstream.at(text);
    expect(upstream.origin).toBe(text.replace(/\/$/, ''));
  },
);

it('the default port of an upstream may be written', async () => {
  using upstream = await Upstream.at('https://webexapis.com:443/');
  expect(upstream.origin).toBe('https://webexapis.com');
});

it.each([
  ['longer than a socket may have', 'x'.repeat(120), 'give a shorter one by --socket'],
  ['of a file that is no socket', 'file', 'exists and is no socket; give another file by --socket'],
])('a path %s is refused', async (_, name, reason) => {
  const path = join(temporaryFolder(), name);
  writeFileSync(join(dirname(path), 'file'), 'kept');
  const server = createServer();
  await expect(listenAt(server, { socket: path })).rejects.toThrow(reason);
  expect(readdirSync(dirname(path))).toEqual(['file']);
});

it.each([
  ['http://webexapis.com', /unencrypted over the network/],
  ['https://webexapis.com/v1', /without a path/],
  ['https://me@webexapis.com', /without a path/],
  ['https://webexapis.com?x', /without a path/],
  ['ftp://webexapis.com', /https origin/],
  ['webexapis.com', /https origin/],
])('an upstream may not be %s', async (text, expected) => {
  await expect(Upstream.at(text)).rejects.toThrow(expected);
});
