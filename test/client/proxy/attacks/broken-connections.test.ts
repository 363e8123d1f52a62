import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { WireCaller } from '../../../fixtures/loopback/wire-caller';
import { eventually } from '../../../../rehearsal/eventually';
import { get, post } from './attack';
import { AttackedProxy } from './attacked-proxy';

/* Connections that end in the middle, on either side. Order replaces time: each step waits for the one before. */

const keep = disposedAfterEach();
const BEGUN = 'HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\nbegun';

/** An upstream that begins its answer, and does not end it. */
async function beginning() {
  const attacked = keep(await AttackedProxy.start((_, socket) => void socket.write(BEGUN)));
  const caller = keep(await WireCaller.connect(attacked.port));
  return { attacked, caller };
}

it('bytes after a request do not get into the answer under way', async () => {
  const { attacked, caller } = await beginning();
  caller.send(attacked.bytes(get('/v1/people/me')));
  await caller.until(/begun/);
  caller.send('no request\r\n\r\n');
  await caller.closed();
  expect(caller.received.endsWith('\r\n\r\nbegun')).toBe(true);
});

it('a caller that leaves during an answer ends the request to the upstream', async () => {
  const { attacked, caller } = await beginning();
  caller.send(attacked.bytes(get('/v1/people/me')));
  await caller.until(/begun/);
  caller.socket.destroy();
  await attacked.origin.until(() => attacked.origin.openConnections === 0);
  await eventually(() => attacked.running === 0 || undefined);
});

it('a caller that leaves during its body leaves no whole request at the upstream', async () => {
  const attacked = keep(await AttackedProxy.start());
  const caller = keep(await WireCaller.connect(attacked.port));
  caller.send(attacked.bytes(post(['Content-Length: 100'], 'half')));
  await attacked.origin.until(() => attacked.origin.connections === 1);
  caller.socket.destroy();
  await attacked.origin.until(() => attacked.origin.openConnections === 0);
  await eventually(() => attacked.running === 0 || undefined);
  expect(attacked.origin.requests).toEqual([]);
});

it('two hundred callers that leave at once leave no connection behind', async () => {
  const { attacked } = await beginning();
  const callers = await Promise.all(Array.from({ length: 200 }, () => WireCaller.connect(attacked.port)));
  callers.forEach((caller) => caller.send(attacked.bytes(get('/v1/people/me'))));
  await Promise.all(callers.map((caller) => caller.until(/begun/)));
  expect(attacked.running).toBe(200);
  await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
  await attacked.origin.until(() => attacked.origin.openConnections === 0);
  await eventually(() => attacked.running === 0 || undefined);
  expect(attacked.served.filter(({ status }) => status === 200)).toHaveLength(200);
});

it.each([
  ['within its length', BEGUN],
  ['within its chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegun\r\n'],
])('an upstream that dies in the middle of an answer, %s, is visible to the caller', async (_, bytes) => {
  const attacked = keep(await AttackedProxy.start((__, socket) => void socket.end(bytes)));
  const caller = keep(await WireCaller.connect(attacked.port));
  caller.send(attacked.bytes(get('/v1/people/me')));
  await caller.closed();
  expect(caller.received).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(caller.received).toContain('begun');
  // The end of a chunked body would look like success.
  expect(caller.received).not.toContain('\r\n0\r\n');
  await eventually(() => attacked.running === 0 || undefined);
  expect(attacked.served).toMatchObject([{ status: 200, refusal: 'webex' }]);
});

it('an upstream that closes without an answer is a 502', async () => {
  const attacked = keep(await AttackedProxy.start((_, socket) => void socket.destroy()));
  const { answer, received } = await attacked.attack(get('/v1/people/me'));
  expect(answer).toMatch(/^502/);
  expect(received).not.toContain(attacked.token);
  expect(attacked.served[0]).toMatchObject({ status: 502, refusal: 'webex' });
});
