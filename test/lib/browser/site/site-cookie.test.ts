import type { IncomingMessage } from 'node:http';
import { cookieOf, SiteCookie } from '../../../../lib/browser/site/site-cookie';

const withCookie = (...cookie: string[]) => ({ headersDistinct: { cookie } }) as unknown as IncomingMessage;

it.each([
  ['alone', ['__Host-visitor=abc'], 'abc'],
  ['among others', ['a=b; __Host-visitor=abc; c=d'], 'abc'],
  ['sent twice', ['__Host-visitor=abc; __Host-visitor=abc'], undefined],
  ['in two headers', ['__Host-visitor=abc', 'a=b'], undefined],
  ['without its prefix', ['visitor=abc'], undefined],
  ['with a prefix in lower case', ['__host-visitor=abc'], undefined],
  ['within a value', ['a=__Host-visitor=abc'], undefined],
  ['in quotation marks', ['__Host-visitor="abc"'], undefined],
  ['with a space', ['__Host-visitor=a b'], undefined],
  ['with a line break', ['__Host-visitor=a\nb'], undefined],
])('a cookie %s is read strictly', (_, headers, value) => {
  expect(cookieOf(withCookie(...headers), 'visitor')).toBe(value);
});

it.each(['a;b', 'a\r\nb', 'a b', '"a"', 'a,b', 'ä'])('no cookie has the value %j', (value) => {
  expect(() => new SiteCookie('visitor', value)).toThrow(TypeError);
});

it('no cookie has a name that changes the header', () => {
  expect(() => new SiteCookie('a=b; Domain=example.com', '')).toThrow(TypeError);
});
