import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { CredentialReading } from '../../core/src/vault/credential';
import { WebexFetch, type WebexFetchOptions } from '../../client/src/webex-fetch';
import { WebexUnreachableError } from '../../core/src/webex-errors';
import { eventually } from '../../rehearsal/eventually';
import { failureOf } from '../fixtures/results/shown';
import { disposedAfterEach } from '../fixtures/runs/disposal';
import { RawServer } from '../fixtures/loopback/raw-server';
import { useVirtualTime } from '../fixtures/clocks/virtual-time';

/* Faults of Webex, of a server in its place, and of a caller. */

const ACCESS_TOKEN = 'the-access-token';

/* The clock is virtual, because a busy machine could exceed a deadline. */
useVirtualTime();

const keep = disposedAfterEach();

async function serve(handle?: (socket: Socket, request: string) => void) {
  const server = keep(await RawServer.start(handle));
  const reading = new CredentialReading({ data: { server: 'x', access_token: ACCESS_TOKEN, type: 'Bearer' } });
  const tokens: WebexFetchOptions['tokens'] = { token: () => Promise.resolve(reading), reject: () => undefined };
  const webex = new WebexFetch({ tokens, origins: [server.url.origin], retry: { random: () => 0 } });
  return { server, webex, url: `${server.url.href}v1/x` };
}

const failure = (work: Promise<unknown>): Promise<Error> => failureOf(work, ACCESS_TOKEN);

describe('an answer', () => {
  it.each([
    ['compressed, though nobody asked', `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n`, gzipSync('{}')],
    ['of a status that ends nothing', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', Buffer.alloc(0)],
    ['of a status that there is not', 'HTTP/1.1 999 No\r\n\r\n', Buffer.from('{}')],
  ])('fetch rejects an answer %s', async (_, head, body) => {
    const { webex, url } = await serve((socket) => {
      socket.write(head);
      socket.end(body);
    });
    const failed = await failure(webex.fetch(url));
    expect(failed).toBeInstanceOf(WebexUnreachableError);
    expect(failed.message).toMatch(
      /answered \/v1\/x with something that is not a Webex reply; check the Webex API URL/,
    );
    expect(await failure(webex.json(url, z.object({})))).toBeInstanceOf(WebexUnreachableError);
  });

  it.each([
    ['a page', '<html>'],
    ['cut off', '{"a":'],
    ['empty', ''],
  ])('json() rejects an answer that is %s', async (_, body) => {
    const { webex, url } = await serve((socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${body}`));
    expect((await failure(webex.json(url, z.object({})))).message).toMatch(/something that is not a Webex reply/);
  });

  it('an answer that breaks off fails the reader of its body', async () => {
    const { webex, url } = await serve((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'));
    const response = await webex.fetch(url);
    await expect(response.text()).rejects.toMatchObject({ name: 'NetworkError', code: 'ECONNRESET' });
  });

  it('a reader that cancels an answer partway ends the connection', async () => {
    const { server, webex, url } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'),
    );
    const reader = (await webex.fetch(url)).body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(2);
    await reader?.cancel();
    await server.deserted();
  });

  it('an answer without a body returns its connection to the pool', async () => {
    const { server, webex, url } = await serve((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
    for (let request = 0; request < 3; request++) {
      expect((await webex.fetch(url, { method: 'DELETE' })).body).toBeNull();
      await turn();
    }
    expect(server.connections).toBe(1);
  });
});

describe('a caller', () => {
  it("an invalid request throws fetch's TypeError, not WebexUnreachableError", async () => {
    const { server, webex, url } = await serve();
    expect(await failure(webex.fetch(url, { method: 'GET', body: 'x' }))).toMatchObject({ name: 'TypeError' });
    expect(await failure(webex.fetch(url, { headers: { 'x-name': 'a\nb' } }))).toMatchObject({ name: 'TypeError' });
    expect(server.connections).toBe(0);
  });

  it('a failing request body rejects with its own error', async () => {
    const { webex, url } = await serve((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    const problem = new Error('the disk is gone');
    const body = new ReadableStream({
      pull: (controller) => controller.error(problem),
    });
    expect(await failure(webex.fetch(url, { method: 'POST', body }))).toBe(problem);
  });

  it('an abort during the wait leaves no connection open', async () => {
    const { server, webex, url } = await serve((socket) =>
      socket.write('HTTP/1.1 429 No\r\nretry-after: 30\r\ncontent-length: 9\r\n\r\n{}'),
    );
    const abort = new AbortController();
    const failed = failure(webex.fetch(url, { signal: abort.signal }));
    await server.asked();
    // The two timers are the deadline of the unread body, and the wait.
    await eventually(() => jest.getTimerCount() === 2 || undefined);
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await failed).toBe(reason);
    await server.deserted();
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('an abort while the body arrives ends the connection', async () => {
    const { server, webex, url } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'),
    );
    const abort = new AbortController();
    const reason = new Error('enough');
    const parts = (await webex.fetch(url, { signal: abort.signal })).body?.getReader();
    await parts?.read();
    const reading = failure(parts?.read() ?? Promise.resolve());
    abort.abort(reason);
    expect(await reading).toBe(reason);
    expect(await failure(webex.json(url, z.object({}), { signal: AbortSignal.abort(reason) }))).toBe(reason);
    await server.deserted();
  });
});
