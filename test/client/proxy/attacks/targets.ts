import { HOST, KEY } from './attacked-proxy';
import { type Attack, get, variants } from './attack';

const line = (first: string, host = HOST): string =>
  [first, `Host: ${host}`, `Authorization: Bearer ${KEY}`, '', ''].join('\r\n');
const method = (name: string, target = '/v1/people/me'): string => line(`${name} ${target} HTTP/1.1`);
const host = (value: string): string => line('GET /v1/people/me HTTP/1.1', value);

/** Requests to another server, or past the rules. */
export const TARGETS: readonly Attack[] = [
  ...variants(
    'a whole URL as the target',
    [
      'http://evil.example/v1/people/me',
      'https://evil.example/v1/people/me',
      `http://${HOST}/v1/people/me`,
      'HTTP://evil.example/v1/people/me',
      `http://${HOST}@evil.example/v1/people/me`,
      'file:///v1/people/me',
    ].map((target) => get(target)),
    '400',
  ),
  ...variants(
    'a target that begins with another host',
    [
      '//evil.example/v1/people/me',
      '///evil.example/v1/people/me',
      '/\\evil.example/v1/people/me',
      '\\\\evil.example/v1/people/me',
      '@evil.example/v1/people/me',
      'evil.example/v1/people/me',
      ':80/v1/people/me',
      '/%2fevil.example/v1/people/me',
      '?url=//evil.example',
    ].map((target) => get(target)),
    '400',
  ),
  ...variants('a host within the path', [get('/@evil.example'), get('/evil.example:80')], '403'),
  ...variants(
    'another Host, as after DNS rebinding',
    [
      'evil.example',
      `evil.example@${HOST}`,
      `${HOST}.evil.example`,
      `${HOST},evil.example`,
      `${HOST}#`,
      `${HOST}/`,
      `0${HOST}`,
      '127.0.0.1',
      'localhost',
      'webexapis.com',
      '',
    ].map(host),
    '421',
  ),
  ...variants(
    'two Hosts, or none',
    [
      get('/v1/people/me', 'Host: evil.example'),
      get('/v1/people/me', `Host: ${HOST}`),
      `GET /v1/people/me HTTP/1.1\r\nAuthorization: Bearer ${KEY}\r\n\r\n`,
    ],
    '400',
  ),
  ...variants('CONNECT and TRACE', [method('CONNECT', 'evil.example:443'), method('CONNECT'), method('TRACE')], '405'),
  ...variants('OPTIONS *', [method('OPTIONS', '*')], '400'),
  ...variants(
    'an upgrade to another protocol',
    [
      get('/v1/people/me', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'),
      get('/v1/people/me', 'Connection: upgrade', 'Upgrade: h2c, websocket'),
      get('/v1/people/me', 'Connection: upgrade', 'Upgrade: TLS/1.0'),
    ],
    '400',
  ),
  ...variants(
    'another version or form of HTTP',
    [
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      line('GET /v1/people/me HTTP/1.10'),
      line('GET /v1/people/me HTTP/1.2'),
      line('GET /v1/people/me http/1.1'),
      line('GET /v1/people/me HTTP/1.1 '),
      line('GET\t/v1/people/me\tHTTP/1.1'),
      line('GET /v1/people/me DELETE HTTP/1.1'),
      line('get /v1/people/me HTTP/1.1'),
      line('BREW /v1/people/me HTTP/1.1'),
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n',
    ],
    '400',
  ),
  ...variants('HTTP/2.0 in a request of HTTP/1.1', [line('GET /v1/people/me HTTP/2.0')], '505'),
  ...variants('an unknown expectation', [get('/v1/people/me', 'Expect: 200-ok')], '417'),
  ...variants(
    'a path of two meanings',
    [
      '../admin',
      './me',
      '%2e%2e/admin',
      '.%2E/admin',
      '..%2fadmin',
      '%2e',
      'me%2fadmin',
      'me%5cadmin',
      'me\\..\\admin',
      '%252e%252e%252fadmin',
      '%c0%ae%c0%ae/admin',
      '%c0%afadmin',
      '%e0%80%afadmin',
      '%ef%bc%8fadmin',
      '\u00ff',
      'me;/../admin',
      '..;/admin',
      'me;jsessionid=1',
      'me%3badmin',
      'me%00',
      'me%0d%0aHost:%20evil.example',
      'me#/admin',
      'me%23',
      'me%3fa=b',
      '%zz',
      '%u002e%u002e',
      '/me',
      '%20',
      'me%e2%80%ae',
    ].map((rest) => get(`/v1/people/${rest}`)),
    '400',
  ),
  ...variants(
    'a path or a method that no rule has',
    [
      ...['/V1/people/me', '/v1/People/me', '/v1/people/', '/v1/people', '/v1/people/me/', '/v1/people/me/a', '/'].map(
        (target) => get(target),
      ),
      method('DELETE'),
      method('HEAD'),
      method('PUT'),
      method('POST'),
      method('PROPFIND'),
    ],
    '403',
  ),
];
