import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { TemporarilyUnavailable, NotPermitted } from '../../../core/src/vault/credential-errors';
import { parseAllowRule } from '../../../core/src/allow-rule';
import { CertificateAuthority } from '../../../lib/server/certificates/certificate-authority';
import { eventually } from '../../../rehearsal/eventually';
import { answered, call } from '../../fixtures/loopback/caller';
import { httpServer, LoopbackServer } from '../../fixtures/loopback/loopback-server';
import { RawServer } from '../../fixtures/loopback/raw-server';
import { RecordingServer, scriptedWebex } from '../../fixtures/loopback/recording-server';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { ProxiedServer, RUN_KEY } from '../../fixtures/worlds/proxied-server';

const keep = disposedAfterEach();

type Answer = Parameters<typeof scriptedWebex>[0];

async function scripted(...answers: Answer[]): Promise<[RecordingServer, ProxiedServer]> {
  const webex = keep(await scriptedWebex(...answers));
  return [webex, keep(await ProxiedServer.start(webex.address))];
}

/** A server whose answers a test writes itself. */
class StreamingServer extends LoopbackServer {
  static start(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<StreamingServer> {
    const server = new StreamingServer(httpServer());
    server.server.on('request', handle);
    server.server.on('checkContinue', handle);
    return server.listen();
  }
}

async function streaming(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<ProxiedServer> {
  const server = keep(await StreamingServer.start(handle));
  return keep(await ProxiedServer.start(server.address));
}

describe('the identity of a request', () => {
  it('the token replaces the key of the caller', async () => {
    const [webex, proxied] = await scripted({ body: { ok: true } });
    const answer = await proxied.call('/v1/messages?max=1', { method: 'POST' }, 'hello');
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}' });
    const [sent] = webex.requests;
    expect(sent).toMatchObject({ method: 'POST', url: '/v1/messages?max=1', body: 'hello' });
    expect(sent?.headers).toMatchObject({ authorization: 'Bearer token-1', host: webex.address.slice(7) });
    expect(JSON.stringify(sent)).not.toContain(RUN_KEY);
  });

  it.each([
    ['no key', {}],
    ['another key', { authorization: `Bearer ${'x'.repeat(43)}` }],
    ['a shorter key', { authorization: 'Bearer k' }],
    ['another scheme', { authorization: `Basic  ${RUN_KEY}` }],
  ])('a request with %s gets a 401 in the shape of Webex', async (_, headers) => {
    const [webex, proxied] = await scripted();
    const answer = await call(`${proxied.proxy.origin}/v1/people/me`, { headers });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toEqual({
      message: expect.stringContaining('key of this proxy') as string,
      errors: [{ description: expect.any(String) as string }],
      trackingId: expect.stringMatching(/^PROXY_/) as string,
    });
    expect(webex.requests).toEqual([]);
    expect(proxied.served).toMatchObject([{ path: '/v1/people/me', status: 401, refusal: 'key' }]);
  });

  it('a request with two keys is refused', async () => {
    const [, proxied] = await scripted();
    const authorization = ['Authorization', `Bearer ${RUN_KEY}`];
    const headers = ['Host', proxied.proxy.origin.slice(7), ...authorization, ...authorization];
    expect((await call(`${proxied.proxy.origin}/`, { headers: headers as never })).status).toBe(401);
  });

  it('a request for another host is refused before its key is looked at', async () => {
    const [webex, proxied] = await scripted();
    expect((await proxied.call('/', { headers: { host: 'evil.example' } })).status).toBe(421);
    expect((await proxied.call('/', { headers: { host: `LOCALHOST:${proxied.proxy.port}` } })).status).toBe(200);
    expect(webex.requests).toHaveLength(1);
  });

  it('headers of one connection, other identities and overrides stay at the proxy', async () => {
    const [webex, proxied] = await scripted();
    const left = {
      Connection: 'keep-alive, X-Named',
      'X-Named': '1',
      Cookie: 'a=b',
      Forwarded: 'for=1',
      'X-Forwarded-Host': 'evil.example',
      'Proxy-Authorization': 'Basic eDp5',
      'X-HTTP-Method-Override': 'DELETE',
      'X-Original-URL': '/admin',
      'X-Original-URI': '/admin',
      'X-Envoy-Original-Path': '/admin',
      Under_Score: '1',
      TE: 'trailers',
      'Keep-Alive': 'timeout=5',
    };
    await proxied.call('/', { headers: { ...left, 'X-Passed': '1', 'user-agent': 'sdk' } });
    const names = Object.keys(webex.requests[0]?.headers ?? {}).sort();
    expect(names).toEqual(['authorization', 'connection', 'host', 'user-agent', 'x-passed']);
  });
});

describe('requests that no proxy forwards', () => {
  it.each([
    ['TRACE', '/', 405, 'method'],
    ['GET', 'http://evil.example/', 400, 'request'],
    ['OPTIONS', '*', 400, 'request'],
    ['GET', '/v1/../admin', 400, 'path'],
    ['GET', '/v1//people', 400, 'path'],
    ['GET', '/v1/people%2fme', 400, 'path'],
  ])('%s %s is answered with %d', async (method, path, status, refusal) => {
    const [webex, proxied] = await scripted();
    const headers = { authorization: `Bearer ${RUN_KEY}` };
    expect((await call(proxied.proxy.origin, { method, path, headers })).status).toBe(status);
    expect(webex.requests).toEqual([]);
    expect(proxied.served).toMatchObject([{ method, status, refusal }]);
  });

  it('CONNECT is refused', async () => {
    const [, proxied] = await scripted();
    const sent = request(proxied.proxy.origin, { method: 'CONNECT', path: 'evil.example:443' }).end();
    const [answer] = (await once(sent, 'connect')) as [IncomingMessage];
    expect(answer.statusCode).toBe(405);
    expect(proxied.served).toMatchObject([{ method: 'CONNECT', status: 405, refusal: 'method' }]);
  });

  it('an upgrade is refused, except the one that Java tries by itself', async () => {
    const [, proxied] = await scripted();
    const upgrade = (protocol: string) => ({ headers: { Connection: 'Upgrade', Upgrade: protocol } });
    expect((await proxied.call('/', upgrade('websocket'))).status).toBe(400);
    expect((await proxied.call('/', upgrade('h2c'))).status).toBe(200);
  });

  it('rules decide about method and path', async () => {
    const webex = keep(await scriptedWebex());
    const allow = [parseAllowRule('GET /v1/people/*')];
    const proxied = keep(await ProxiedServer.start(webex.address, { allow }));
    expect((await proxied.call('/v1/people/me?max=1')).status).toBe(200);
    expect((await proxied.call('/v1/people/me', { method: 'DELETE' })).status).toBe(403);
    expect((await proxied.call('/v1/rooms')).status).toBe(403);
    expect(webex.requests).toHaveLength(1);
    expect(proxied.served.map(({ refusal }) => refusal)).toEqual([undefined, 'allow', 'allow']);
  });
});

describe('the answer', () => {
  it('no redirect is followed, and links to the upstream lead back through the proxy', async () => {
    const webex = keep(
      await RecordingServer.start((_, response) => {
        const { port } = webex;
        response.writeHead(302, {
          Location: `http://127.0.0.1:${port}/v1/next?cursor=2`,
          'Content-Location': `HTTP://127.0.0.1:${port}/v1/here`,
          Link: `<http://127.0.0.1:${port}/v1/next>; rel="next", <https://other.example/>; rel="help"`,
          'Set-Cookie': 'session=1',
        });
        response.end();
      }),
    );
    const proxied = keep(await ProxiedServer.start(webex.address));
    const { origin } = proxied.proxy;
    const { status, headers } = await proxied.call('/v1/first');
    expect([status, webex.requests.length]).toEqual([302, 1]);
    expect(headers).toMatchObject({
      location: `${origin}/v1/next?cursor=2`,
      'content-location': `${origin}/v1/here`,
      link: `<${origin}/v1/next>; rel="next", <https://other.example/>; rel="help"`,
    });
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('a header that quotes the token is dropped', async () => {
    const [, proxied] = await scripted({ headers: { 'X-Echo': 'Bearer token-1', 'X-Other': 'x' } });
    const { headers } = await proxied.call('/');
    expect([headers['x-echo'], headers['x-other']]).toEqual([undefined, 'x']);
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('an answer without a body passes: %s, %d', async (method, status) => {
    const proxied = await streaming((_, response) => response.writeHead(status, { ETag: '"1"' }).end());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ['/first', '/second']) {
      const answer = await proxied.call(path, { method, agent });
      expect(answer).toMatchObject({ status, body: '', headers: { etag: '"1"' } });
    }
    agent.destroy();
  });

  it('trailers pass in both directions', async () => {
    const proxied = await streaming((incoming, response) => {
      incoming.resume().once('end', () => {
        response.writeHead(200, { 'X-Seen': JSON.stringify(incoming.trailers) });
        response.addTrailers({ 'X-After': 'done', 'X-Echo': 'token-1' });
        response.end('body');
      });
    });
    const headers = { authorization: `Bearer ${RUN_KEY}`, 'transfer-encoding': 'chunked' };
    const sent = request(`${proxied.proxy.origin}/`, { method: 'POST', headers });
    sent.addTrailers({ 'X-Sum': '1', Authorization: 'Bearer other' });
    sent.end('body');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const { trailers } = await answered(answer);
    expect([answer.headers['x-seen'], trailers]).toEqual(['{"x-sum":"1"}', { 'x-after': 'done' }]);
  });

  it('a server-sent event passes before the next one exists', async () => {
    const open: ServerResponse[] = [];
    const proxied = await streaming((_, response) => {
      open.push(response);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    });
    const headers = { authorization: `Bearer ${RUN_KEY}` };
    const sent = request(`${proxied.proxy.origin}/`, { headers }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      open[0]?.write(event);
      expect(String((await once(answer, 'data'))[0])).toBe(event);
    }
    open[0]?.end();
    await once(answer, 'end');
  });

  it('an upstream that dies in the middle breaks the answer', async () => {
    const proxied = await streaming((_, response) => {
      response.write('half', () => response.destroy());
    });
    await expect(proxied.call('/')).rejects.toThrow('aborted');
    await eventually(() => proxied.served.length > 0 || undefined);
    expect(proxied.served).toMatchObject([{ status: 200, bytes: 4, refusal: 'webex' }]);
  });

  it('a caller that leaves ends the request to the upstream', async () => {
    let left: Promise<unknown> | undefined;
    const proxied = await streaming((_, response) => {
      left = once(response, 'close');
      response.write('half');
    });
    const headers = { authorization: `Bearer ${RUN_KEY}` };
    const sent = request(`${proxied.proxy.origin}/`, { headers })
      .on('error', () => undefined)
      .end();
    await once(sent, 'response');
    sent.destroy();
    await left;
    await eventually(() => proxied.served.length > 0 || undefined);
    expect(proxied.proxy.running).toBe(0);
  });
});

describe('a token that Webex refuses', () => {
  it('a 401 is answered once with a token read anew', async () => {
    const [webex, proxied] = await scripted({ status: 401 }, { body: { ok: true } });
    expect((await proxied.call('/', { method: 'POST' }, 'hello')).status).toBe(200);
    expect(proxied.tokens.rejected).toEqual(['token-1']);
    const seen = webex.requests.map(({ headers, body }) => [headers.authorization, body]);
    expect(seen).toEqual([
      ['Bearer token-1', 'hello'],
      ['Bearer token-2', 'hello'],
    ]);
  });

  it('the second 401 passes on', async () => {
    const [webex, proxied] = await scripted({ status: 401, body: { message: 'no' } });
    expect(await proxied.call('/')).toMatchObject({ status: 401, body: '{"message":"no"}' });
    expect(webex.requests).toHaveLength(2);
    expect(proxied.served).toMatchObject([{ status: 401, refusal: undefined }]);
  });

  it('a body that is too long to keep is sent once', async () => {
    const [webex, proxied] = await scripted({ status: 401 });
    expect((await proxied.call('/', { method: 'POST' }, 'x'.repeat(65_537))).status).toBe(401);
    expect(webex.requests).toHaveLength(1);
  });

  it('a long body that waits for "100 Continue" is sent after the second token', async () => {
    const tokens: (string | undefined)[] = [];
    let received = 0;
    const proxied = await streaming((incoming, response) => {
      tokens.push(incoming.headers.authorization);
      if (tokens.length === 1) {
        response.writeHead(401).end();
        return;
      }
      response.writeContinue();
      incoming.on('data', (part: Buffer) => (received += part.length));
      incoming.once('end', () => response.end('done'));
    });
    const body = 'x'.repeat(300_000);
    const headers = { authorization: `Bearer ${RUN_KEY}`, expect: '100-continue', 'content-length': body.length };
    const sent = request(`${proxied.proxy.origin}/`, { method: 'POST', headers });
    sent.once('continue', () => sent.end(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect((await answered(answer)).body).toBe('done');
    expect([tokens, received]).toEqual([['Bearer token-1', 'Bearer token-2'], 300_000]);
  });
});

describe('outages', () => {
  it('a rate limit passes on with its Retry-After', async () => {
    const [webex, proxied] = await scripted({ status: 429, headers: { 'Retry-After': '7' } });
    expect(await proxied.call('/')).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    expect(webex.requests).toHaveLength(1);
  });

  it.each([
    [new TemporarilyUnavailable('Vault rests', 2500), 503, '3'],
    [new NotPermitted('wrong identity'), 502, undefined],
  ])('a failure of Vault is named: %p', async (failure, status, retryAfter) => {
    const [, proxied] = await scripted();
    proxied.tokens.failure = failure;
    const answer = await proxied.call('/');
    expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(JSON.parse(answer.body)).toMatchObject({ message: failure.message });
    expect(proxied.served).toMatchObject([{ status, refusal: 'vault' }]);
  });

  it('a Webex that is away is named', async () => {
    const proxied = keep(await ProxiedServer.start('http://127.0.0.1:1'));
    const answer = await proxied.call('/');
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({
      message: expect.stringMatching(/no answer from Webex at http:\/\/127.0.0.1:1 \(ECONNREFUSED\)/) as string,
    });
  });

  it('a silent Webex is given up', async () => {
    const webex = keep(await RawServer.start());
    const proxied = keep(await ProxiedServer.start(webex.address, { silenceMs: 1 }));
    expect((await proxied.call('/')).status).toBe(504);
    await webex.deserted();
  });

  it('a request is repeated whose kept connection had been closed', async () => {
    let requests = 0;
    const webex = keep(
      await RawServer.start((socket) => {
        requests += 1;
        if (requests === 2) {
          socket.destroy();
        } else {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        }
      }),
    );
    const proxied = keep(await ProxiedServer.start(webex.address));
    expect((await proxied.call('/')).body).toBe('ok');
    expect((await proxied.call('/')).body).toBe('ok');
    expect(requests).toBe(3);
  });
});

describe('the end of the proxy', () => {
  it('a request under way ends, and no further one begins', async () => {
    const open: ServerResponse[] = [];
    const proxied = await streaming((_, response) => void open.push(response.writeHead(200)));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const running = proxied.call('/', { agent });
    await eventually(() => open[0]);
    const closed = proxied.proxy[Symbol.asyncDispose]();
    await expect(call(proxied.proxy.origin)).rejects.toThrow('ECONNREFUSED');
    open[0]?.end('done');
    expect(await running).toMatchObject({ status: 200, body: 'done' });
    await closed;
    agent.destroy();
  });

  it('a stream without an end is broken after the time to close', async () => {
    const server = keep(await StreamingServer.start((_, response) => void response.write('data: 1\n\n')));
    const proxied = await ProxiedServer.start(server.address, { closeTimeoutMs: 1 });
    const headers = { authorization: `Bearer ${RUN_KEY}` };
    const sent = request(`${proxied.proxy.origin}/`, { headers }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const broken = expect(answered(answer)).rejects.toThrow('aborted');
    await proxied[Symbol.asyncDispose]();
    await broken;
    expect(proxied.proxy.running).toBe(0);
  });
});

it('an upstream whose certificate cannot be verified gets no token', async () => {
  const authority = await CertificateAuthority.create();
  const certificate = await authority.issue({ commonName: 'webex', dnsNames: ['localhost'], ipAddresses: [] });
  const webex = keep(await RecordingServer.start(undefined, certificate));
  const proxied = keep(await ProxiedServer.start(webex.address));
  const { status, body } = await proxied.call('/v1/people/me');
  expect([status, webex.requests]).toEqual([502, []]);
  expect(body).toMatch(/no answer from Webex at https:\/\/localhost:\d+ \((?:UNABLE|SELF_SIGNED|DEPTH)\w+\)/);
});
