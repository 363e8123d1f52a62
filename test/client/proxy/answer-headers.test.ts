import { answerHeaders } from '../../../client/src/proxy/answer-headers';

const REWRITING = {
  upstreamOrigins: ['https://webexapis.com:443', '//webexapis.com:443', 'https://webexapis.com', '//webexapis.com'],
  ownOrigin: 'http://127.0.0.1:1',
  token: 'the-token',
};

it.each([
  ['https://webexapis.com/v1/x?y#z', 'http://127.0.0.1:1/v1/x?y#z'],
  ['HTTPS://WebexAPIs.com:443/v1', 'http://127.0.0.1:1/v1'],
  ['https://webexapis.com', 'http://127.0.0.1:1'],
  ['//webexapis.com/v1', 'http://127.0.0.1:1/v1'],
  ['/v1/x', '/v1/x'],
  ['https://webexapis.com.evil.example/', 'https://webexapis.com.evil.example/'],
  ['https://webexapis.com@evil.example/', 'https://webexapis.com@evil.example/'],
  ['https://webexapis.com:444/', 'https://webexapis.com:444/'],
])('a location %s becomes %s', (location, expected) => {
  expect(answerHeaders(['Location', location], REWRITING)).toEqual(['Location', expected]);
});

it('each link of a header is rewritten by itself', () => {
  const link = '<https://webexapis.com/a>; rel="next", <https://other.example/b>; title="<c>"';
  const expected = '<http://127.0.0.1:1/a>; rel="next", <https://other.example/b>; title="<c>"';
  expect(answerHeaders(['LINK', link], REWRITING)).toEqual(['LINK', expected]);
});

it('headers of the connection, cookies and quoted tokens stay at the proxy', () => {
  const raw = ['Connection', 'close', 'Set-Cookie', 'a', 'X-Echo', 'x the-token', 'Retry-After', '3', 'ETag', '"1"'];
  expect(answerHeaders(raw, REWRITING)).toEqual(['Retry-After', '3', 'ETag', '"1"']);
});
