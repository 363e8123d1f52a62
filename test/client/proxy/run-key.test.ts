import { inspect } from 'node:util';
import { newRunKey, RunKey } from '../../../client/src/proxy/run-key';

const KEY = newRunKey();

it('a new key has 32 random bytes', () => {
  expect(Buffer.from(KEY, 'base64url')).toHaveLength(32);
  expect(newRunKey()).not.toBe(KEY);
});

it.each([
  [`Bearer ${KEY}`, true],
  [`bearer ${KEY}`, true],
  [`Basic_ ${KEY}`, false],
  [`Bearer ${KEY.slice(1)}x`, false],
  [`Bearer ${KEY}x`, false],
  [`Bearer ${KEY.slice(1)}\u{1f511}`, false],
  [KEY, false],
  ['', false],
  [undefined, false],
])('header %p has the key: %p', (header, has) => {
  expect(new RunKey(KEY).isIn(header)).toBe(has);
});

it('the key is in no inspection, and can be hidden in a text', () => {
  const key = new RunKey(KEY);
  expect(inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)).not.toContain(KEY);
  expect(key.hiddenIn(`/a/${KEY}/b`)).toBe('/a/[hidden]/b');
});
