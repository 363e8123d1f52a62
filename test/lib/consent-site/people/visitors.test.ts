import { ExplainedError } from '#core';
import { RedirectState } from '../../../../lib/browser/redirect';
import type { Visitor } from '../../../../lib/consent-site/people/visitor';
import { Visitors } from '../../../../lib/consent-site/people/visitors';
import { VaultClient } from '../../../../lib/vault/vault-client';

const vault = new VaultClient({ address: 'http://127.0.0.1:1', token: 'of-a-person' });

let forgotten: Visitor[];
beforeEach(() => (forgotten = []));

function remember(most: number): Visitors {
  return new Visitors((visitor) => forgotten.push(visitor), most);
}

function beginning(visitors: Visitors): Visitor {
  const visitor = visitors.add();
  const attempt = {
    expected: { state: new RedirectState(), explain: (error: string) => new ExplainedError(error) },
    finish: () => Promise.reject(new Error('nobody comes back')),
  };
  visitor.login = { attempt, begunAt: new Date() };
  return visitor;
}

function loggedIn(visitors: Visitors, leftMs = 60_000): Visitor {
  const visitor = visitors.add();
  visitor.session = { vault, person: 'alice', expireTime: new Date(Date.now() + leftMs) };
  return visitor;
}

it('a browser is found by its own cookie alone', () => {
  const visitors = remember(10);
  const visitor = loggedIn(visitors);
  expect(visitors.find(visitor.key)).toBe(visitor);
  expect(visitors.find(`${visitor.key}x`)).toBeUndefined();
  expect(visitors.find(undefined)).toBeUndefined();
});

it('a login gives the browser another cookie, and the earlier one is worth nothing', () => {
  const visitors = remember(10);
  const before = loggedIn(visitors);
  const after = visitors.rename(before);
  expect(after.key).not.toBe(before.key);
  expect(visitors.find(before.key)).toBeUndefined();
  expect(visitors.find(after.key)?.session?.person).toBe('alice');
});

it('the oldest browser without a login is forgotten first', () => {
  const visitors = remember(3);
  const person = loggedIn(visitors);
  const stranger = beginning(visitors);
  beginning(visitors);
  beginning(visitors);
  expect(forgotten).toEqual([stranger]);
  expect(visitors.find(person.key)).toBe(person);
});

it('a browser that came back is not the one that was seen least lately', () => {
  const visitors = remember(2);
  const late = loggedIn(visitors, -60_000);
  const stranger = beginning(visitors);
  visitors.find(late.key);
  beginning(visitors);
  expect(forgotten).toEqual([stranger]);
});

it('if all have logged in, the oldest login is given up', () => {
  const visitors = remember(2);
  const [first, second, third] = [loggedIn(visitors), loggedIn(visitors), loggedIn(visitors)];
  expect(forgotten).toEqual([first]);
  expect(visitors.all).toEqual([second, third]);
});

it('a session ends with its token, and its browser is remembered for ten minutes more', () => {
  const visitors = remember(10);
  const late = loggedIn(visitors, -60_000);
  const gone = loggedIn(visitors, -660_000);
  expect(late.liveSession()).toBeUndefined();
  beginning(visitors);
  expect(visitors.find(late.key)).toBe(late);
  expect(visitors.find(gone.key)).toBeUndefined();
});
