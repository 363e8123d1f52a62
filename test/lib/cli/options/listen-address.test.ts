import { listenAddress } from '../../../../lib/cli/options/listen-address';

it.each([
  ['18200', '127.0.0.1', 18200],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['localhost:9000', 'localhost', 9000],
  ['0.0.0.0:9000', '0.0.0.0', 9000],
  ['[::1]:9000', '::1', 9000],
  ['monitor.example:9000', 'monitor.example', 9000],
])('the option accepts %s as a listen address', (text, host, port) => {
  expect(listenAddress(text)).toEqual({ host, port });
});

it.each([
  '',
  'localhost',
  ':18200',
  '127.0.0.1',
  '::1:9000',
  '[127.0.0.1]:80',
  'a b:80',
  '127.0.0.1:65536',
  'http://localhost:80',
])('the option refuses "%s" and explains its notation', (text) => {
  expect(() => listenAddress(text)).toThrow(
    `It must be host:port, such as "127.0.0.1:18200" or "[::1]:18200", or a port alone, got "${text}".`,
  );
});
