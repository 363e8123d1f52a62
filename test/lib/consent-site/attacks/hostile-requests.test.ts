import pLimit from 'p-limit';
import { WireCaller, statusesIn } from '../../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { AttackedLink } from './attacked-link';
import { hostileRequests } from './hostile-requests';

const keep = disposedAfterEach();

const COUNT = 10_000;
const AT_ONCE = 40;

it('ten thousand hostile requests get nothing, and the link still works', async () => {
  const attacked = keep(await AttackedLink.start());
  const visitors = [await attacked.visitor(), await attacked.visitor()] as const;
  const answers = new Map<string, number>();
  const suspicious: string[] = [];
  const limit = pLimit(AT_ONCE);
  await limit.map(hostileRequests(visitors, attacked.path, COUNT), async (request) => {
    await using caller = await WireCaller.connect(attacked.site.port);
    // A request without an end is cut off by the end of the connection.
    caller.socket.end(request, 'latin1');
    await caller.closed();
    const answer = statusesIn(caller.received);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    if (
      !/^(?:100 )?(?:4\d\d|501|505|)$/.test(answer) ||
      caller.received.includes(attacked.mark) ||
      /\r\n(?:set-cookie|location|x-evil):|<script/i.test(caller.received)
    ) {
      suspicious.push(`${JSON.stringify(request)} got ${caller.received.slice(0, 500)}`);
    }
  });
  expect(suspicious.slice(0, 10)).toEqual([]);
  expect([...answers.values()].reduce((sum, each) => sum + each, 0)).toBe(COUNT);
  // The requests reach each of the checks.
  expect([...answers.keys()]).toEqual(expect.arrayContaining(['400', '403', '404', '405', '421']));
  expect({ codes: attacked.exchanged, forms: attacked.posted, lines: attacked.site.lines }).toEqual({
    codes: [],
    forms: [],
    lines: [],
  });
  await attacked.consent();
});
