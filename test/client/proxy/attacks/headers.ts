import { HOST } from '../../../fixtures/wire-attacks/attacked-request';
import { KEY } from './attacked-proxy';
import { type Attack, get, post, variants } from './attack';

const ask = (...headers: string[]): string => get('/v1/people/me', ...headers);
const identified = (...headers: string[]): string =>
  ['GET /v1/people/me HTTP/1.1', `Host: ${HOST}`, ...headers, '', ''].join('\r\n');
const PASSED = 'GET /v1/people/me';

/** Headers about the connection, about the caller, and about another request than the allowed one. */
export const HEADERS: readonly Attack[] = [
  ...variants(
    'a header Connection that names others',
    [
      ask('Connection: authorization'),
      ask('Connection: host'),
      ask('Connection: keep-alive, Authorization, Host, x-named', 'X-Named: 1'),
      ask('Connection: x-named', 'Connection: te', 'X-Named: 1', 'TE: trailers'),
    ],
    '204',
    PASSED,
  ),
  ...variants(
    'a header Connection that names the framing',
    [
      post(['Connection: content-length', 'Content-Length: 5'], 'hello'),
      post(['Connection: transfer-encoding', 'Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
    ],
    '204',
    'POST /v1/messages',
  ),
  ...variants(
    'headers of one connection',
    [
      ask('Proxy-Authorization: Basic eDp5', 'Proxy-Connection: keep-alive'),
      ask('Keep-Alive: timeout=600, max=1'),
      ask('TE: trailers, deflate', 'Trailer: Authorization'),
      ask('Upgrade: h2c', 'HTTP2-Settings: AAMAAABk', 'Connection: Upgrade, HTTP2-Settings'),
    ],
    '204',
    PASSED,
  ),
  ...variants(
    'another method or path in a header',
    [
      ask('X-HTTP-Method-Override: DELETE'),
      ask('X-HTTP-Method: DELETE', 'X-Method-Override: DELETE'),
      ask('X_HTTP_Method_Override: DELETE'),
      ask('X-Original-URL: /admin', 'X-Rewrite-URL: /admin'),
    ],
    '204',
    PASSED,
  ),
  ...variants(
    'another identity or address in a header',
    [
      ask('Cookie: session=1'),
      ask('Forwarded: for=10.0.0.1;host=evil.example'),
      ask('X-Forwarded-Host: evil.example', 'X-Forwarded-For: 10.0.0.1'),
    ],
    '204',
    PASSED,
  ),
  ...variants(
    'no key, or another one',
    [
      identified(),
      identified('Authorization: '),
      identified('Authorization: Bearer'),
      identified(`Authorization: Bearer ${'x'.repeat(43)}`),
      identified(`Authorization: Bearer ${KEY}x`),
      identified(`Authorization: Bearer x${KEY}`),
    ],
    '401',
  ),
  ...variants(
    'the key in another place or scheme',
    [
      get(`/v1/people/me?access_token=${KEY}`).replace(`Authorization: Bearer ${KEY}\r\n`, ''),
      identified(`Authorization: ${KEY}`),
      identified(`Authorization: Basic ${KEY}`),
      identified(`Authorization: Token ${KEY}`),
      identified(`Authorization: Bearer  ${KEY}`),
      identified(`Authorization: Bearer\t${KEY}`),
      identified(`Authorization: Bearer "${KEY}"`),
      identified(`Authorization: Bearer ${KEY}, Bearer ${KEY}`),
      identified(`Proxy-Authorization: Bearer ${KEY}`),
      identified(`X-Authorization: Bearer ${KEY}`),
      identified(`Cookie: Authorization=${KEY}`),
    ],
    '401',
  ),
  ...variants(
    'two keys',
    [
      ask(`Authorization: Bearer ${KEY}`),
      ask('Authorization: Bearer other'),
      identified('Authorization: Bearer other', `Authorization: Bearer ${KEY}`),
    ],
    '401',
  ),
  ...variants(
    'a question about the rules without the key',
    [
      'DELETE /v1/people/me HTTP/1.1',
      'GET /v1/people/../admin HTTP/1.1',
      'TRACE /v1/people/me HTTP/1.1',
      'GET http://evil.example/ HTTP/1.1',
    ].map((first) => `${first}\r\nHost: ${HOST}\r\n\r\n`),
    '401',
  ),
];
