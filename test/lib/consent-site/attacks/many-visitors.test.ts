import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pLimit from 'p-limit';
import { WireCaller, statusesIn } from '../../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { AttackedLink, REDIRECT } from './attacked-link';
import { BASE } from './attacked-site';

/* Attacks by many connections, or by many visits. */

const keep = disposedAfterEach();
const SLOW = 1000;

const headOf = (first: string, ...headers: string[]): string =>
  [`${first} HTTP/1.1`, `Host: ${BASE.host}`, ...headers, ''].join('\r\n');

it('a thousand slow heads, bodies and readers do not hold up a good visitor', async () => {
  const attacked = keep(await AttackedLink.start());
  const callers = await Promise.all(
    Array.from({ length: SLOW }, () => WireCaller.connect(attacked.site.port).then(keep)),
  );
  callers.forEach((caller, index) => {
    const kind = index % 3;
    if (kind === 2) {
      caller.socket.pause();
    }
    const bytes = [
      headOf(`GET ${attacked.path}`),
      `${headOf(`POST ${BASE.pathname}form`, 'Content-Length: 100')}\r\nhalf`,
      `${headOf(`GET ${BASE.pathname}unknown`)}\r\n`,
    ];
    caller.send(bytes[kind] ?? '');
  });
  await attacked.consent();
  // The oldest connections made way for the others, before their time was over.
  const [oldest] = callers;
  await oldest?.closed();
  expect(oldest?.received).toBe('');
});

it('a browser that does not send its request in time is cut off', async () => {
  const attacked = keep(await AttackedLink.start(100));
  const bytes = [
    '',
    headOf(`GET ${attacked.path}`),
    `${headOf(`POST ${BASE.pathname}form`, 'Content-Length: 100')}\r\nhalf`,
    `${headOf(`GET ${BASE.pathname}unknown`, 'Content-Length: 100')}\r\n`,
  ];
  const received = await Promise.all(bytes.map((each) => attacked.site.send(each)));
  expect(received.map(statusesIn)).toEqual(['408', '408', '408', '400']);
});

it('a thousand preview bots do not use up the link', async () => {
  const attacked = keep(await AttackedLink.start());
  const limit = pLimit(20);
  const methods = Array.from({ length: SLOW }, (_, index) => (index % 2 === 0 ? 'GET' : 'HEAD'));
  const received = await limit.map(methods, (method) =>
    attacked.site.send(`${headOf(`${method} ${attacked.path}`)}\r\n`),
  );
  expect(new Set(received.map(statusesIn))).toEqual(new Set(['200']));
  await attacked.consent();
});

it('visits of a link do not fill the memory', async () => {
  const attacked = keep(await AttackedLink.start());
  const limit = pLimit(20);
  const visit = async (): Promise<void> => {
    const { cookie } = await attacked.visitor();
    await attacked.site.get(`${REDIRECT}?code=c&state=wrong`, `Cookie: ${cookie}`);
  };
  const visits = (count: number): Promise<unknown> => limit.map(Array.from({ length: count }), visit);
  // The first visits also pay for compiled code.
  await visits(200);
  const before = usedHeap();
  await visits(SLOW);
  // A visitor of a kilobyte would already show.
  expect(usedHeap() - before).toBeLessThan(SLOW * 1024);
});

it('a hundred refusals of Webex end the link, so its attempts stay bounded', async () => {
  const attacked = keep(await AttackedLink.start());
  for (let count = 0; count < 100; count += 1) {
    const { cookie, state } = await attacked.visitor();
    await attacked.site.get(`${REDIRECT}?error=access_denied&state=${state}`, `Cookie: ${cookie}`);
  }
  expect(statusesIn(await attacked.site.get(attacked.path))).toBe('410');
  expect(attacked.exchanged).toEqual([]);
});

/** Heap that remains after a collection, in bytes. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
