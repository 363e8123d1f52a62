import type { IncomingMessage } from 'node:http';
import { siteGate } from '../../../../lib/browser/site/site-gate';

const PATHS = { base: new URL('https://grants.example.com/vault/'), redirectPaths: ['callback'], posts: ['logout'] };

function gate(method: string, path: string, headers: Record<string, string[]> = {}) {
  const message = { method, headersDistinct: headers } as unknown as IncomingMessage;
  return siteGate({ message, path, query: '' }, PATHS)?.status;
}

it.each([
  ['GET', '/vault/', undefined],
  ['HEAD', '/vault/authorize/x', undefined],
  ['GET', '/vault/callback', undefined],
  ['HEAD', '/vault/callback', 405],
  ['POST', '/vault/callback', 405],
  ['POST', '/vault/logout', undefined],
  ['PUT', '/vault/logout', 405],
  ['OPTIONS', '/vault/', 405],
  ['GET', '/vault', 404],
  ['GET', '/', 404],
  ['POST', '/', 404],
])('%s %s gets %s', (method, path, status) => {
  expect(gate(method, path)).toBe(status);
});

it.each([
  [{ 'sec-fetch-dest': ['document'], 'sec-fetch-site': ['cross-site'] }, undefined],
  [{ 'sec-fetch-dest': ['iframe'] }, 403],
  [{ 'sec-fetch-dest': ['image'] }, 403],
  [{ 'sec-fetch-dest': ['empty'] }, 403],
  [{ 'sec-fetch-dest': ['document', 'document'] }, 403],
])('a GET with %j gets %s', (headers, status) => {
  expect(gate('GET', '/vault/', headers)).toBe(status);
});

it.each([
  [{ 'sec-fetch-site': ['same-origin'], origin: ['null'] }, undefined],
  [{ 'sec-fetch-site': ['same-origin'], origin: ['https://grants.example.com'] }, undefined],
  [{ 'sec-fetch-site': ['same-site'] }, 403],
  [{ 'sec-fetch-site': ['cross-site'], origin: ['null'] }, 403],
  [{ 'sec-fetch-site': ['none'] }, 403],
  [{ origin: ['https://evil.example'] }, 403],
  [{ origin: ['http://grants.example.com'] }, 403],
  [{ origin: ['null', 'null'] }, 403],
])('a POST with %j gets %s', (headers, status) => {
  expect(gate('POST', '/vault/logout', headers)).toBe(status);
});
