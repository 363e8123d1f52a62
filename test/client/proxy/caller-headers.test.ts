import { readCallerHeaders } from '../../../client/src/proxy/caller-headers';

it('the head of a request is read once, and its other headers keep their spelling', () => {
  const raw = ['Host', 'a', 'X-Kept', '1', 'content-length', '5', 'AUTHORIZATION', 'Bearer k', 'x-kept', '2'];
  expect(readCallerHeaders(raw)).toMatchObject({
    host: 'a',
    authorization: 'Bearer k',
    framing: ['Content-Length', '5'],
    passed: ['X-Kept', '1', 'x-kept', '2'],
  });
});

it.each([['Host'], ['Authorization']])('a header %s that is there twice counts as missing', (name) => {
  const { host, authorization } = readCallerHeaders([name, 'a', name, 'a']);
  expect([host, authorization]).toEqual([undefined, undefined]);
});

it.each([
  ['keep-alive', ['X-One', 'X-Two']],
  ['X-One', ['X-Two']],
  ['close, x-two ,X-ONE', []],
])('the connection option %s drops the headers that it names', (connection, kept) => {
  const { passed } = readCallerHeaders(['X-One', '1', 'Connection', connection, 'X-Two', '2']);
  expect(passed.filter((_, index) => index % 2 === 0)).toEqual(kept);
});

it('a connection option drops neither the framing nor the identity', () => {
  const raw = ['Connection', 'content-length, host', 'Content-Length', '5', 'Host', 'a'];
  expect(readCallerHeaders(raw)).toMatchObject({ host: 'a', framing: ['Content-Length', '5'] });
});

it.each(['gzip, chunked', 'identity', 'chunked, chunked'])('transfer coding "%s" is another one', (coding) => {
  expect(readCallerHeaders(['Transfer-Encoding', coding]).hasOtherCodings).toBe(true);
});
