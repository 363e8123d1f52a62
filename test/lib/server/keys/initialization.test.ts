import { checkKeyOptions } from '../../../../lib/server/keys/initialization';

test.each([
  [{ shares: 3, threshold: 5 }, 'the threshold must not be above the number of shares, got 5 of 3'],
  [{ shares: 5, threshold: 1 }, 'a threshold of 1 needs one share only, got 5'],
  [{ shares: 256, threshold: 3 }, 'a key has at most 255 shares, got 256'],
  [{ shares: 5, threshold: 3, pgpKeys: ['one', 'two'] }, 'each share needs its PGP key, got 2 for 5'],
])('a key of %j is refused', (options, problem) => {
  expect(() => checkKeyOptions(options)).toThrow(problem);
});

test.each([
  { shares: 5, threshold: 3 },
  { shares: 1, threshold: 1 },
  { shares: 2, threshold: 2, pgpKeys: ['one', 'two'] },
])('a key of %j is fine', (options) => {
  expect(() => checkKeyOptions(options)).not.toThrow();
});
