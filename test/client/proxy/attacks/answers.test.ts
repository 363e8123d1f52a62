import { WireCaller, statusesIn } from '../../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { get } from './attack';
import { ANSWERS, TOKEN } from './answers';
import { AttackedProxy } from './attacked-proxy';

/* Answers of an upstream that has been taken over, or that errs. */

const keep = disposedAfterEach();

it.each(ANSWERS.map((each) => ({ ...each, sent: JSON.stringify(each.bytes).slice(0, 200) })))(
  '$attack: $sent gets $answer',
  async ({ bytes, answer }) => {
    const attacked = keep(
      await AttackedProxy.start(({ target }, _, token) =>
        target === '/v1/people/me' ? bytes.replaceAll(TOKEN, token) : 'HTTP/1.1 204 No Content\r\n\r\n',
      ),
    );
    const closing = attacked.bytes(get('/v1/people/me', 'Connection: close'));
    const received = await WireCaller.exchange(attacked.port, closing);
    expect(outcomeOf(received)).toBe(answer);
    // The next caller gets its own answer, whatever waits on the connection of the first one.
    const next = await WireCaller.exchange(attacked.port, attacked.follower);
    expect(statusesIn(next)).toBe('204');
    for (const text of [received, next]) {
      expect(text).not.toContain(attacked.token);
      expect(text).not.toContain('evil\r\n');
      expect(text).not.toContain('x-evil');
      expect(text.toLowerCase()).not.toContain('set-cookie');
    }
    expect(JSON.stringify(attacked.served)).not.toContain(attacked.token);
  },
);

/** A chunked answer without its last chunk is cut off, and every caller notices. */
function outcomeOf(received: string): string {
  const statuses = statusesIn(received);
  const isCutOff =
    statuses === '' || (/transfer-encoding: chunked/i.test(received) && !received.endsWith('\r\n0\r\n\r\n'));
  return isCutOff ? 'cut off' : statuses === '502' ? '502' : statuses.includes(' ') ? statuses : 'one';
}
