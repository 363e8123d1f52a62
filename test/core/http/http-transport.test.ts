import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { HttpTransport, type HttpRequest } from '../../../core/src/http/http-transport';
import { NetworkError } from '../../../core/src/http/network-error';
import { MemoryNetwork } from '../../fixtures/loopback/memory-network';
import { failureOf } from '../../fixtures/results/shown';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { RawServer } from '../../fixtures/loopback/raw-server';
import { outcomeOf, useVirtualTime } from '../../fixtures/clocks/virtual-time';

const TOKEN = 's.token-that-no-error-may-show';
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const DAY_MS = 24 * 3_600_000;

const keep = disposedAfterEach();
let transport: HttpTransport;

/* The clock is virtual. A deadline passes only if a test advances the clock. */
useVirtualTime();

beforeEach(() => (transport = new HttpTransport()));
afterEach(() => transport.close());

async function serve(handle?: (socket: Socket, request: string) => void): Promise<RawServer> {
  return keep(await RawServer.start(handle));
}

function send(url: URL, request: Partial<HttpRequest> = {}) {
  return transport.send({
    method: 'GET',
    url,
    headersTimeoutMs: 5000,
    headers: { 'x-vault-token': TOKEN },
    ...request,
  });
}

const failure = (work: Promise<unknown>): Promise<Error> => failureOf(work, TOKEN);

describe('an answer', () => {
  it('the transport returns an answer with any status', async () => {
    const server = await serve((socket) =>
      socket.end('HTTP/1.1 503 No\r\nretry-after: 7\r\nconnection: close\r\n\r\nno'),
    );
    const { status, headers, body } = await send(server.url);
    expect([status, headers['retry-after'], await body.text()]).toEqual([503, '7', 'no']);
  });

  it('the transport waits as long as an answer takes if no timeout is set', async () => {
    const server = await serve((socket) => {
      jest.advanceTimersByTime(DAY_MS);
      socket.end(OK);
    });
    const unlimited = { headersTimeoutMs: Infinity, connectTimeoutMs: 2 ** 31, bodyTimeoutMs: Infinity };
    const { body } = await send(server.url, unlimited);
    expect(await body.text()).toBe('ok');
  });

  it.each([
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nok'],
    ['that its connection ends', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok'],
    ['after other ones that announce it', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${OK}`],
    ['with a byte order mark', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\ufeffok'],
  ])('the transport reads an answer %s', async (_, answer) => {
    const server = await serve((socket) => socket.end(answer));
    expect(await (await send(server.url)).body.text()).toBe('ok');
  });

  it.each([
    ['that breaks off in its head', 'HTTP/1.1 200 O', 'ECONNRESET'],
    ['that breaks off in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', 'ECONNRESET'],
    [
      'that breaks off between two chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n',
      'ECONNRESET',
    ],
    ['that is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'HPE_INVALID_CONSTANT'],
    [
      'that changes the protocol',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
      'ECONNRESET',
    ],
    ['that never comes', '', 'ECONNRESET'],
  ])('an answer %s throws a NetworkError', async (_, answer, code) => {
    const server = await serve((socket) => socket.end(answer));
    const failed = await failure(send(server.url, { method: 'POST' }).then(({ body }) => body.text()));
    expect(failed).toBeInstanceOf(NetworkError);
    expect(failed).toMatchObject({ code });
  });

  it('the transport stops reading an endless answer once its reader has enough', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const flood = (): void => {
        while (socket.writable && socket.write('x'.repeat(1000)));
      };
      socket.on('drain', flood);
      flood();
    });
    const { body } = await send(server.url);
    expect((await body.beginning(5000)).length).toBeLessThan(70_000);
    await server.deserted();
  });

  it('a canceled answer ends its connection', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
    (await send(server.url)).body.cancel();
    await server.deserted();
  });
});

it('the error names the connection code if nobody listens', async () => {
  const server = await RawServer.start();
  const { url } = server;
  await server[Symbol.asyncDispose]();
  expect(await failure(send(url))).toMatchObject({ code: 'ECONNREFUSED', isTransient: true });
  url.hostname = 'localhost';
  expect(await failure(send(url))).toMatchObject({ code: 'ECONNREFUSED', isTransient: true });
});

describe('connections', () => {
  it('kept connections accumulate no listeners', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const server = await serve((socket) => socket.write(OK));
    for (let turn = 0; turn < 20; turn++) {
      await (await send(server.url)).body.text();
    }
    process.off('warning', onWarning);
    expect([server.connections, warnings]).toEqual([1, []]);
  });

  it('a connection serves one request after the other', async () => {
    const server = await serve((socket) => socket.write(OK));
    for (let request = 0; request < 3; request++) {
      expect(await (await send(server.url, { method: 'PUT', body: 'x' })).body.text()).toBe('ok');
    }
    expect(server.connections).toBe(1);
  });

  it('the transport does not keep the connection of an unwell server, because another server may share its address', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 503 Sealed\r\ncontent-length: 2\r\n\r\nno'));
    await (await send(server.url)).body.text();
    await (await send(server.url)).body.text();
    expect(server.connections).toBe(2);
  });

  it('a connection serves the next request after a canceled answer without a body', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
    for (let request = 0; request < 3; request++) {
      (await send(server.url, { method: 'DELETE' })).body.cancel();
      await turn();
    }
    expect(server.connections).toBe(1);
  });

  /** Answers the first request of a connection, and closes it at the second. */
  function closingLater(): (socket: Socket) => void {
    const known = new WeakSet<Socket>();
    return (socket) => {
      if (known.has(socket)) {
        socket.resetAndDestroy();
      } else {
        known.add(socket);
        socket.write(OK);
      }
    };
  }

  it('the transport replaces any number of closed connections for a GET', async () => {
    const server = await serve(closingLater());
    await Promise.all([1, 2, 3].map(async () => (await send(server.url)).body.text()));
    expect(server.connections).toBe(3);
    expect(await (await send(server.url)).body.text()).toBe('ok');
    expect(server.connections).toBe(4);
  });

  it('a connection that ends under a PUT throws, because the request may have taken effect', async () => {
    const server = await serve(closingLater());
    await (await send(server.url)).body.text();
    expect(await failure(send(server.url, { method: 'PUT', body: 'x' }))).toMatchObject({ code: 'ECONNRESET' });
    expect(server.connections).toBe(1);
  });

  it('a new connection that ends throws', async () => {
    const server = await serve((socket) => socket.resetAndDestroy());
    expect(await failure(send(server.url))).toMatchObject({ code: 'ECONNRESET' });
    expect(server.connections).toBe(1);
  });
});

describe('deadlines', () => {
  const ANYWHERE = new URL('http://127.0.0.1:9/');

  /** Servers that answer in that many parts, each after 10 ms. */
  function dripping(answer: string, parts: number): MemoryNetwork {
    return new MemoryNetwork(() => ({ bytes: Buffer.from(answer), parts, pauseMs: 10, ending: 'hang' }));
  }

  it('the headers deadline ends a request without an answer', async () => {
    const server = await serve();
    const failed = failure(send(server.url, { headersTimeoutMs: 50 }));
    await server.asked();
    jest.advanceTimersByTime(50);
    expect(await failed).toMatchObject({ code: 'ETIMEDOUT', isTransient: true });
    await server.deserted();
  });

  it('the headers deadline ends a request whose headers never end', async () => {
    using network = dripping(`HTTP/1.1 200 OK\r\n${'x-more: x\r\n'.repeat(30)}`, 30);
    const { error, elapsedMs } = await outcomeOf(() => send(ANYWHERE, { headersTimeoutMs: 100 }));
    expect([error, elapsedMs]).toEqual([new NetworkError('ETIMEDOUT'), 100]);
    expect(network.asked).toHaveLength(1);
  });

  it('the connect deadline ends a stalled connection before the request deadline', async () => {
    const server = await serve();
    const url = new URL(String(server.url).replace('http:', 'https:'));
    const failed = failure(send(url, { connectTimeoutMs: 50, headersTimeoutMs: 60_000 }));
    await server.asked();
    jest.advanceTimersByTime(50);
    expect(await failed).toMatchObject({ code: 'ETIMEDOUT', isTransient: true });
    await server.deserted();
  });

  it('the connect deadline ignores slow answers, including the second on a connection', async () => {
    const server = await serve((socket) => {
      jest.advanceTimersByTime(150);
      socket.write(OK);
    });
    for (const turn of [1, 2]) {
      const { body } = await send(server.url, { connectTimeoutMs: 50 });
      expect([turn, await body.text()]).toEqual([turn, 'ok']);
    }
    expect(server.connections).toBe(1);
  });

  it('the body deadline ends a body that falls silent', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
    const { body } = await send(server.url, { bodyTimeoutMs: 50 });
    const parts = body[Symbol.asyncIterator]();
    expect(String((await parts.next()).value)).toBe('ok');
    const failed = failure(parts.next());
    jest.advanceTimersByTime(50);
    expect(await failed).toMatchObject({ code: 'ETIMEDOUT' });
    await server.deserted();
  });

  it('the body deadline ignores a slow, steady body', async () => {
    const text = 'x'.repeat(500);
    using network = dripping(`HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${text}`, 50);
    const { value, elapsedMs } = await outcomeOf(async () =>
      (await send(ANYWHERE, { headersTimeoutMs: 100, bodyTimeoutMs: 100 })).body.text(),
    );
    expect([value, elapsedMs]).toEqual([text, 500]);
    expect(network.asked).toHaveLength(1);
  });

  it('the body deadline ignores a slow reader', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n');
      socket.write('x'.repeat(200_000));
    });
    const { body } = await send(server.url, { bodyTimeoutMs: 300 });
    let bytes = 0;
    for await (const part of body) {
      bytes += part.length;
      jest.advanceTimersByTime(400);
      await turn();
    }
    expect(bytes).toBe(200_000);
  });

  it('the deadlines ignore a long request body', async () => {
    const server = await serve((socket, text) => {
      if (text.includes('expect:')) {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      }
      if (text.includes('0\r\n\r\n')) {
        socket.write(OK);
      }
    });
    async function* slow() {
      for (let part = 0; part < 20; part++) {
        jest.advanceTimersByTime(60);
        yield await Promise.resolve('part');
      }
    }
    const answer = await send(server.url, {
      method: 'POST',
      body: () => Readable.from(slow()),
      headersTimeoutMs: 600,
    });
    expect(await answer.body.text()).toBe('ok');
  });
});

describe('a signal', () => {
  const REASON = new Error('the caller has had enough');

  it('an aborted signal prevents the request', async () => {
    const server = await serve();
    expect(await failure(send(server.url, { signal: AbortSignal.abort(REASON) }))).toBe(REASON);
    expect(server.connections).toBe(0);
  });

  it('the signal ends a request that has just begun', async () => {
    const server = await serve();
    const abort = new AbortController();
    const sending = send(server.url, { signal: abort.signal });
    abort.abort(REASON);
    expect(await failure(sending)).toBe(REASON);
    expect(server.received).toBe('');
  });

  it('the signal ends a request that waits for its answer', async () => {
    const server = await serve();
    const abort = new AbortController();
    const sending = send(server.url, { signal: abort.signal });
    await server.asked();
    abort.abort(REASON);
    expect(await failure(sending)).toBe(REASON);
    await server.deserted();
  });

  it('the signal ends a body while it is read', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
    const abort = new AbortController();
    const { body } = await send(server.url, { signal: abort.signal });
    const parts = body[Symbol.asyncIterator]();
    await parts.next();
    const reading = parts.next();
    abort.abort(REASON);
    expect(await failure(reading)).toBe(REASON);
    await server.deserted();
  });

  it('the signal ends a body that is read later', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
    const abort = new AbortController();
    const { body } = await send(server.url, { signal: abort.signal });
    abort.abort(REASON);
    await server.deserted();
    expect(await failure(body.text())).toBe(REASON);
  });

  it('the signal ends a request body while it is sent', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    const abort = new AbortController();
    let ended = false;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const body = new Readable({
      read: () => begin(),
      destroy: (error, done) => {
        ended = true;
        done(error);
      },
    });
    const sending = send(server.url, { method: 'POST', body: () => body, signal: abort.signal });
    await begun;
    abort.abort(REASON);
    expect(await failure(sending)).toBe(REASON);
    await server.deserted();
    expect(ended).toBe(true);
  });

  it('the transport removes its listener from the signal once the answer is read, canceled, refused or timed out', async () => {
    const server = await serve((socket, text) => {
      if (text.startsWith('GET')) {
        socket.write(OK);
      }
    });
    const { signal } = new AbortController();
    await (await send(server.url, { signal })).body.text();
    (await send(server.url, { signal })).body.cancel();
    const unanswered = failure(send(server.url, { signal, method: 'PUT', headersTimeoutMs: 20 }));
    await server.asked('PUT');
    jest.advanceTimersByTime(20);
    await unanswered;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('the transport removes its listener from the signal if nobody reads the answer', async () => {
    const server = await serve((socket) => socket.write(OK.replace('length: 2', 'length: 3')));
    const { signal } = new AbortController();
    await send(server.url, { signal, bodyTimeoutMs: 50 });
    jest.advanceTimersByTime(50);
    await server.deserted();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the body of a request', () => {
  const asking = (socket: Socket, text: string): void => {
    if (text.includes('expect:')) {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    }
    if (text.includes('0\r\n\r\n')) {
      socket.write(OK);
    }
  };

  it('the transport sends the request body once the server asks for it', async () => {
    const server = await serve(asking);
    const answer = await send(server.url, { method: 'POST', body: () => Readable.from(['a', 'b']) });
    expect(await answer.body.text()).toBe('ok');
  });

  it('the transport sends the request body within the deadline if the server never asks for it', async () => {
    const server = await serve((socket, text) => {
      if (text.includes('0\r\n\r\n')) {
        socket.write(OK);
      }
    });
    const request = { method: 'POST', body: () => Readable.from(['a']), headersTimeoutMs: 1000 };
    const answer = send(server.url, request);
    await server.asked();
    jest.advanceTimersByTime(999);
    expect(await (await answer).body.text()).toBe('ok');
  });

  it('a failing request body rejects with its own error', async () => {
    const server = await serve(asking);
    const problem = new Error('the disk is gone');
    async function* failing() {
      yield await Promise.resolve('a');
      throw problem;
    }
    expect(await failure(send(server.url, { method: 'POST', body: () => Readable.from(failing()) }))).toBe(problem);
    await server.deserted();
  });

  it('a connection that ends during the request body throws a NetworkError', async () => {
    const server = await serve((socket, text) => {
      if (text.includes('expect:')) {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      } else {
        socket.resetAndDestroy();
      }
    });
    const endless = new Readable({ read: () => undefined });
    endless.push('x'.repeat(100_000));
    const failed = await failure(send(server.url, { method: 'POST', body: () => endless }));
    expect(failed).toBeInstanceOf(NetworkError);
  });

  it('a refusal before the request body leaves the answer readable', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno'));
    let asked = false;
    const answer = await send(server.url, { method: 'POST', body: () => ((asked = true), Readable.from(['a'])) });
    expect([answer.status, await answer.body.text(), asked]).toEqual([403, 'no', false]);
    await server.deserted();
  });
});
