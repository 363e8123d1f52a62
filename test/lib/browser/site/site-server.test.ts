import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SiteCookie } from '../../../../lib/browser/site/site-cookie';
import { SiteServer, type SiteServerOptions } from '../../../../lib/browser/site/site-server';
import type { SiteRequest } from '../../../../lib/browser/site/site-request';
import { browserDocument } from '../../../../lib/browser/browser-page';
import { WireCaller } from '../../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';

const keep = disposedAfterEach();
const BASE = new URL('https://grants.example.com/vault/');
const PAGE = browserDocument({ status: 200, tone: 'good', title: 'Hello', text: 'World' });

const withoutDate = (text: string): string => text.replace(/date: .*\r\n/i, '');

async function served(answer: SiteServerOptions['answer'], more: Partial<SiteServerOptions> = {}) {
  const lines: string[] = [];
  const site = await SiteServer.listen({
    base: BASE,
    redirectPaths: ['callback'],
    posts: ['logout'],
    listen: { host: '127.0.0.1', port: 0 },
    answer,
    onProblem: (line) => lines.push(line),
    ...more,
  });
  keep(site);
  const port = Number(site.address.split(':')[1]);
  const send = (first: string, headers: readonly string[] = [], body = ''): Promise<string> =>
    WireCaller.exchange(port, [`${first} HTTP/1.1`, 'Host: grants.example.com', ...headers, '', body].join('\r\n'));
  return { site, port, send, lines };
}

it('the answer gets the path below the base, the query, the cookies and the headers', async () => {
  const got: unknown[] = [];
  const { send } = await served((request: SiteRequest) => {
    const { method, path, query } = request;
    got.push(method, path, [...query], request.cookie('visitor'), request.cookie('other'), request.header('accept'));
    return Promise.resolve({ status: 200, document: PAGE });
  });
  const received = await send('GET /vault/a/b?x=1&x=2', ['Cookie: a=1; __Host-visitor=v', 'Accept: text/html']);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(received).toContain('<h1>Hello</h1>');
  expect(got).toEqual([
    'GET',
    'a/b',
    [
      ['x', '1'],
      ['x', '2'],
    ],
    'v',
    undefined,
    'text/html',
  ]);
});

it('each answer has the headers of a page, and ends the connection', async () => {
  const { send } = await served(() => Promise.resolve({ status: 200, document: PAGE }));
  for (const received of [await send('GET /vault/'), await send('GET /elsewhere'), await send('BREW /vault/')]) {
    expect(received.toLowerCase()).toContain("frame-ancestors 'none'");
    for (const header of [
      'cache-control: no-store',
      'referrer-policy: no-referrer',
      'x-content-type-options: nosniff',
      'x-frame-options: DENY',
      'connection: close',
    ]) {
      expect(received).toContain(`\r\n${header}\r\n`);
    }
  }
});

it('a HEAD gets the head of the answer to a GET', async () => {
  const { send } = await served(() => Promise.resolve({ status: 200, document: PAGE }));
  const [head = ''] = (await send('GET /vault/')).split(/(?<=\r\n\r\n)/);
  expect(withoutDate(await send('HEAD /vault/'))).toBe(withoutDate(head));
});

it('a redirect path takes no HEAD, because that would use up the state', async () => {
  const { send } = await served(() => Promise.resolve({ status: 200, document: PAGE }));
  expect(await send('HEAD /vault/callback?code=c')).toMatch(/^HTTP\/1\.1 405 [^]*\r\nallow: GET\r\n/);
});

it('an unknown page and a path outside the base get the same answer', async () => {
  const { send } = await served(() => Promise.resolve(undefined));
  const [unknown, outside] = [await send('GET /vault/authorize/x'), await send('GET /favicon.ico')];
  expect(unknown).toMatch(/^HTTP\/1\.1 404 /);
  expect(withoutDate(unknown)).toBe(withoutDate(outside));
});

it('a redirect has its location and cookies', async () => {
  const cookies = [new SiteCookie('session', 'abc', 60), SiteCookie.deletion('visitor')];
  const { send } = await served(() => Promise.resolve({ status: 303, location: 'authorize/x', cookies }));
  const received = await send('GET /vault/');
  expect(received).toContain('\r\nlocation: https://grants.example.com/vault/authorize/x\r\n');
  expect(received).toContain(
    '\r\nset-cookie: __Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60\r\n',
  );
  expect(received).toContain('\r\nset-cookie: __Host-visitor=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0\r\n');
});

it('a form arrives with its fields, and another body as bytes', async () => {
  const got: unknown[] = [];
  const { send } = await served(({ method, form, body }) => {
    got.push([method, [...form], body.toString()]);
    return Promise.resolve({ status: 204 });
  });
  const form = 'Content-Type: application/x-www-form-urlencoded';
  expect(await send('POST /vault/logout', [form, 'Content-Length: 7'], 'token=x')).toMatch(/^HTTP\/1\.1 204 /);
  await send(
    'POST /vault/logout',
    ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
    '2\r\n{}\r\n0\r\n\r\n',
  );
  expect(got).toEqual([
    ['POST', [['token', 'x']], 'token=x'],
    ['POST', [], '{}'],
  ]);
});

it.each([
  ['a length', ['Content-Length: 65537'], ''],
  ['chunks', ['Transfer-Encoding: chunked'], `10001\r\n${'x'.repeat(65_537)}\r\n0\r\n\r\n`],
])('a body of more than 64 KiB by %s is refused', async (_, headers, body) => {
  const { port } = await served(() => Promise.reject(new Error('not reached')));
  await using caller = await WireCaller.connect(port);
  caller.send(['POST /vault/logout HTTP/1.1', 'Host: grants.example.com', ...headers, '', body].join('\r\n'));
  await caller.until(/^HTTP\/1\.1 413 /);
});

it('an error in an answer is a page without the error, and a line for the operator', async () => {
  const { send, lines } = await served(() => Promise.reject(new Error('the cause')));
  const received = await send('GET /vault/authorize/the-secret');
  expect(received).toMatch(/^HTTP\/1\.1 500 /);
  expect(received).not.toContain('the cause');
  expect(lines).toEqual(['a page could not be made: the cause']);
});

it('disposal waits for an answer under way', async () => {
  const finishing = new AbortController();
  const began = new AbortController();
  const { send, site } = await served(async () => {
    began.abort();
    await aborted(finishing.signal);
    return { status: 200, document: PAGE };
  });
  const received = send('GET /vault/');
  await aborted(began.signal);
  const disposed = site[Symbol.asyncDispose]();
  finishing.abort();
  expect(await received).toContain('<h1>Hello</h1>');
  await disposed;
});

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await once(signal, 'abort');
  }
}

describe('the address', () => {
  const NOWHERE = {
    answer: () => Promise.resolve(undefined),
    onProblem: () => undefined,
    base: BASE,
    redirectPaths: [],
  };

  it('the site does not listen beyond loopback without TLS', async () => {
    await expect(SiteServer.listen({ ...NOWHERE, listen: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(
      'the site must not listen on 0.0.0.0 without TLS; give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that ends TLS',
    );
  });

  it('the error names a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(SiteServer.listen({ ...NOWHERE, listen: { host: '127.0.0.1', port } })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken by another program; stop it (find it with "lsof -i :${port}"), or give another port, such as --listen 127.0.0.1:${port + 1}`,
    );
    other.close();
  });
});
