import { eventually } from '../../../../rehearsal/eventually';
import { WireCaller, statusesIn } from '../../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { get, post } from './attack';
import { AttackedProxy, KEY } from './attacked-proxy';

const keep = disposedAfterEach();

const EACH = 333;
const PART = 65_536;

it('a thousand slow callers do not hold up a good one', async () => {
  const attacked = keep(
    await AttackedProxy.start(({ target }) =>
      target === '/v1/people/slow'
        ? `HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n${'x'.repeat(PART)}`
        : 'HTTP/1.1 204 No Content\r\n\r\n',
    ),
  );
  const callers = await Promise.all(Array.from({ length: 3 * EACH + 1 }, () => WireCaller.connect(attacked.port)));
  const head = attacked.bytes(get('/v1/people/me')).slice(0, -2);
  const body = attacked.bytes(post(['Content-Length: 100'], 'half'));
  const reading = attacked.bytes(get('/v1/people/slow'));
  callers.forEach((caller, index) => {
    const kind = index % 3;
    if (kind === 2) {
      caller.socket.pause();
    }
    caller.send([head, body, reading][kind] ?? '');
  });
  await attacked.origin.until(() => attacked.origin.asked.length === EACH);
  await eventually(() => attacked.running === 2 * EACH || undefined);
  expect(statusesIn(await WireCaller.exchange(attacked.port, attacked.follower))).toBe('204');
  await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
  await eventually(() => attacked.running === 0 || undefined);
});

it('ten thousand wrong keys get a 401 each, and the right one still works', async () => {
  const attacked = keep(await AttackedProxy.start());
  const wrong = attacked.bytes(get('/v1/people/me').replace(KEY, 'x'.repeat(43)));
  const callers = await Promise.all(Array.from({ length: 20 }, () => WireCaller.connect(attacked.port)));
  for (const caller of callers) {
    caller.send(wrong.repeat(500) + attacked.follower);
  }
  await Promise.all(callers.map((caller) => caller.closed()));
  for (const { received } of callers) {
    expect(statusesIn(received)).toBe(`${'401 '.repeat(500)}204`);
  }
  expect(attacked.origin.asked).toEqual(Array.from({ length: 20 }, () => 'GET /v1/people/follower'));
});
