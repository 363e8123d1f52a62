import { SeededRandom } from '../../../rehearsal/outage/seeded-random';

const draws = (random: SeededRandom): number[] => Array.from({ length: 1000 }, () => random.between(2, 5));

test('draws the same numbers again for the same seed, and others for another', () => {
  expect(draws(new SeededRandom(7))).toEqual(draws(new SeededRandom(7)));
  expect(draws(new SeededRandom(7))).not.toEqual(draws(new SeededRandom(8)));
});

test('draws from all of the range and from nothing else', () => {
  const sorted = draws(new SeededRandom(1)).toSorted((a, b) => a - b);
  expect(sorted[0]).toBeGreaterThanOrEqual(2);
  expect(sorted[0]).toBeLessThan(2.1);
  expect(sorted.at(-1)).toBeLessThan(5);
  expect(sorted.at(-1)).toBeGreaterThan(4.9);
});

test('has numbers for each name that do not depend on what else was drawn', () => {
  const [first, second] = [new SeededRandom(1), new SeededRandom(1)];
  draws(second);
  expect(draws(first.for('a'))).toEqual(draws(second.for('a')));
  expect(draws(first.for('a'))).not.toEqual(draws(first.for('b')));
});
