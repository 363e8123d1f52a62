import { WebexProxy } from '../../../client/src/proxy/webex-proxy';
import { CredentialReading } from '../../../core/src/vault/credential';
import { RawServer } from '../../fixtures/loopback/raw-server';
import { WireCaller } from '../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../fixtures/runs/disposal';

/* An upstream that asks for a body only after the proxy has begun to send it without being asked. */

const keep = disposedAfterEach();
const KEY = 'k'.repeat(43);
const BODY = 'DELETE /v1/people/victim HTTP/1.1\r\nX-Swallow: !';
const READING = new CredentialReading({ data: { server: 'webex-myapp', access_token: 'token', type: 'Bearer' } });
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function asked() {
  const upstream = keep(
    await RawServer.start((socket, part) => {
      if (part.includes('DELETE') && !upstream.received.endsWith('!')) {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      }
      if (upstream.received.endsWith('!')) {
        socket.write(ANSWER);
      }
    }),
  );
  const tokens = { token: () => Promise.resolve(READING), reject: () => undefined };
  const proxy = keep(
    await WebexProxy.listen({ tokens, key: KEY, upstream: upstream.url.origin, listen: '127.0.0.1:0' }),
  );
  const caller = keep(await WireCaller.connect(proxy.port ?? 0));
  caller.send(
    `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nAuthorization: Bearer ${KEY}\r\n` +
      `Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n`,
  );
  await caller.until(/100 Continue/);
  return { upstream, caller };
}

it('the upstream gets the body once, and the caller is asked once', async () => {
  const { upstream, caller } = await asked();
  caller.send(BODY.slice(0, -1));
  await upstream.asked(BODY.slice(0, -1));
  caller.send('!');
  await caller.until(/\r\n\r\nok$|HTTP\/1.1 502/);
  expect(upstream.received.slice(upstream.received.indexOf('\r\n\r\n') + 4)).toBe(BODY);
  expect(caller.received.match(/100 Continue/g)).toHaveLength(1);
  expect(caller.received).toContain('HTTP/1.1 200 OK');
});
