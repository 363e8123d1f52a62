import { statusesIn } from '../../../fixtures/loopback/wire-caller';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';
import { AttackedLink, REDIRECT } from './attacked-link';
import { BASE } from './attacked-site';

/* Attacks that take several requests. */

const keep = disposedAfterEach();
const withoutDate = (received: string): string => received.replace(/date: [^\r]*/i, '');

it('a replayed redirect exchanges no second code', async () => {
  const attacked = keep(await AttackedLink.start());
  const { cookie, state } = await attacked.visitor();
  const redirect = (code: string): Promise<string> =>
    attacked.site.get(`${REDIRECT}?code=${code}&state=${state}`, `Cookie: ${cookie}`);
  await Promise.all(['one', 'one', 'two', 'two'].map(redirect));
  await redirect('three');
  expect(attacked.exchanged).toEqual(['one']);
});

it('a redirect after the end of the link exchanges nothing', async () => {
  const attacked = keep(await AttackedLink.start());
  const late = await attacked.visitor();
  await attacked.consent();
  const received = await attacked.site.get(`${REDIRECT}?code=late&state=${late.state}`, `Cookie: ${late.cookie}`);
  expect(statusesIn(received)).toBe('410');
  expect(statusesIn(await attacked.site.get(attacked.path))).toBe('410');
  expect(attacked.exchanged).toEqual(['the-code']);
});

it('a stranger who sends an own redirect to the person gets no consent stored, as in login CSRF', async () => {
  const attacked = keep(await AttackedLink.start());
  const [person, stranger] = [await attacked.visitor(), await attacked.visitor()];
  const received = await attacked.site.get(
    `${REDIRECT}?code=stranger&state=${stranger.state}`,
    `Cookie: ${person.cookie}`,
  );
  expect(statusesIn(received)).toBe('400');
  expect(attacked.exchanged).toEqual([]);
});

it('a cookie that a stranger chose gives the stranger no state', async () => {
  const attacked = keep(await AttackedLink.start());
  const chosen = `__Host-visitor=${'A'.repeat(43)}`;
  const states = await Promise.all(
    [chosen, chosen].map(async (cookie) => {
      const other = keep(await AttackedLink.start());
      return /state=([\w-]+)/.exec(await other.site.get(other.path, `Cookie: ${cookie}`))?.[1] ?? '';
    }),
  );
  expect(new Set(states).size).toBe(2);
  for (const state of states) {
    await attacked.site.get(`${REDIRECT}?code=c&state=${state}`, `Cookie: ${chosen}`);
  }
  expect(attacked.exchanged).toEqual([]);
});

it('a wrong secret gets the same bytes as any unknown page', async () => {
  const attacked = keep(await AttackedLink.start());
  const unknown = withoutDate(await attacked.site.get('/unknown'));
  expect(statusesIn(unknown)).toBe('404');
  const { path } = attacked;
  const guesses = Array.from({ length: 43 }, (_, index) => {
    const at = path.length - 43 + index;
    return path.slice(0, at) + (path[at] === 'A' ? 'B' : 'A') + path.slice(at + 1);
  });
  for (const guess of [...guesses, path.slice(0, -1), `${path}A`, `${BASE.pathname}authorize/`]) {
    expect(withoutDate(await attacked.site.get(guess))).toBe(unknown);
  }
});

it('no two pages of the link have the same state or cookie', async () => {
  const attacked = keep(await AttackedLink.start());
  const visitors = await Promise.all(Array.from({ length: 100 }, () => attacked.visitor()));
  expect(new Set(visitors.flatMap(({ cookie, state }) => [cookie, state])).size).toBe(200);
});
