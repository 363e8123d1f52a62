import { HOST, KEY, LENGTH, SMUGGLED } from './attacked-proxy';
import { type Attack, get, post, variants } from './attack';

const SIZED = `Content-Length: ${LENGTH}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const NO_CHUNKS = `0\r\n\r\n${SMUGGLED}`;

const lengths = (...values: string[]): string =>
  post(
    values.map((value) => `Content-Length: ${value}`),
    SMUGGLED,
  );
const coding = (...values: string[]): string =>
  post(
    values.map((value) => `Transfer-Encoding: ${value}`),
    NO_CHUNKS,
  );
const chunks = (...bytes: string[]): string => post([CHUNKED], bytes.join(''));

/** Disagreements about the end of a request, by which a second one could hide in the first one. */
export const FRAMING: readonly Attack[] = [
  ...variants(
    'conflicting lengths',
    [lengths('0', LENGTH), lengths(LENGTH, '0'), lengths('0, 60'), lengths('5', '5'), lengths('5, 5')],
    '400',
  ),
  ...variants(
    'a length that is no number',
    ['', '+5', '-5', '0x5', '5 5', '1e1', '5;', '5_0', '\u00b2', '99999999999999999999'].map((value) => lengths(value)),
    '400',
  ),
  ...variants(
    'length and chunks together',
    [
      post([SIZED, CHUNKED], NO_CHUNKS),
      post([CHUNKED, SIZED], NO_CHUNKS),
      post(['Content-Length: 0', CHUNKED], NO_CHUNKS),
      post([SIZED, 'Transfer-Encoding: identity'], NO_CHUNKS),
      post([SIZED, 'transfer-encoding: xchunked'], NO_CHUNKS),
    ],
    '400',
  ),
  ...variants(
    'a transfer coding that is not chunked',
    [
      coding('xchunked'),
      coding('identity'),
      coding('chunked;q=1'),
      coding('"chunked"'),
      coding('chunk'),
      coding('gzip, chunked'),
      coding('gzip', 'chunked'),
    ],
    '501',
  ),
  ...variants(
    'a transfer coding after chunked, or within white space',
    [coding('chunked, identity'), coding('chunked', 'identity'), coding('chunked\u000b'), coding('\u000bchunked')],
    '400',
  ),
  ...variants(
    'a space before the colon',
    [
      post(['Content-Length : 0'], SMUGGLED),
      post(['Transfer-Encoding : chunked'], NO_CHUNKS),
      post(['Transfer-Encoding\t: chunked'], NO_CHUNKS),
    ],
    '400',
  ),
  ...variants(
    'obsolete folding',
    [
      post(['X-Fold: a', ' Transfer-Encoding: chunked', SIZED], NO_CHUNKS),
      post(['Transfer-Encoding:', ' chunked', SIZED], NO_CHUNKS),
      post(['Content-Length: 0', `\t${LENGTH}`], SMUGGLED),
      ` ${get('/v1/people/me')}`,
      `GET /v1/people/me HTTP/1.1\r\n X-First: 1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${KEY}\r\n\r\n`,
      get('/v1/people/me', 'X-Fold: a', ' b'),
    ],
    '400',
  ),
  ...variants(
    'a bare line feed',
    [
      get('/v1/people/me').replaceAll('\r\n', '\n'),
      get('/v1/people/me', 'X-First: 1\nX-Second: 2'),
      post(['X-First: 1\nTransfer-Encoding: chunked', SIZED], NO_CHUNKS),
      get('/v1/people/me').replace(/\r\n\r\n$/, '\n\r\n'),
      get('/v1/people/me').replace(/\r\n\r\n$/, '\r\n\n'),
      chunks('5\nhello\r\n0\r\n\r\n'),
      chunks('5\r\nhello\n0\r\n\r\n'),
      chunks('5;a\nb\r\nhello\r\n0\r\n\r\n'),
    ],
    '400',
  ),
  ...variants(
    'a bare carriage return',
    [
      get('/v1/people/me', 'X-First: 1\rX-Second: 2'),
      post(['X-First: 1\rTransfer-Encoding: chunked', SIZED], NO_CHUNKS),
    ],
    '400',
  ),
  ...variants(
    'a control character',
    [
      get('/v1/people/\0'),
      get('/v1/people/me', 'X-First: a\0b'),
      get('/v1/people/me', 'X\0: 1'),
      get('/v1/people/me', 'X-First: a\u0001b'),
      get('/v1/people/me', 'X-First: \u007f'),
    ],
    '400',
  ),
  ...variants(
    'a bad size of a chunk',
    ['G', '-1', '+5', '0x5', '5 ;', ' 5', '', '5\t', 'fffffffffffffffff0', '5,'].map((size) =>
      chunks(`${size}\r\nhello\r\n0\r\n\r\n`),
    ),
    '400',
  ),
  ...variants(
    'a chunk of another size than said',
    [chunks('4\r\nhello\r\n0\r\n\r\n'), chunks('5\r\nhello0\r\n\r\n'), chunks(`0\r\nhello\r\n\r\n`)],
    '400',
  ),
  ...variants(
    'extensions of chunks, which are dropped',
    [chunks('5;a=b\r\nhello\r\n0;c\r\n\r\n'), chunks('5;a="b;c"\r\nhello\r\n0\r\n\r\n')],
    '204',
    'POST /v1/messages',
  ),
  ...variants(
    'a trailer about framing',
    [
      chunks('5\r\nhello\r\n0\r\nContent-Length: 60\r\n\r\n'),
      chunks('5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ],
    '400',
  ),
  ...variants(
    'a trailer about identity or address, which is dropped',
    [
      chunks('5\r\nhello\r\n0\r\nAuthorization: Bearer other\r\n\r\n'),
      chunks('5\r\nhello\r\n0\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n'),
      chunks('5\r\nhello\r\n0\r\nX_HTTP_Method_Override: DELETE\r\n\r\n'),
    ],
    '204',
    'POST /v1/messages',
  ),
  ...variants('a request as the body of a GET', [get('/v1/people/me', SIZED) + SMUGGLED], '204', 'GET /v1/people/me'),
  ...variants(
    'a second request that no rule allows',
    [get('/v1/people/me') + SMUGGLED],
    '204 403',
    'GET /v1/people/me',
  ),
];
