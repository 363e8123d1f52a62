import { SeededRandom } from '../../../rehearsal/outage/seeded-random';

const draws = (random: SeededRandom): number[] => Array.from({ length: 1000 }, () => random.between(2, 5));

test('the generator repeats its numbers for the same seed, and differs for another seed', () => {
  expect(draws(new SeededRandom(7))).toEqual(draws(new SeededRandom(7)));
  expect(draws(new SeededRandom(7))).not.toEqual(draws(new SeededRandom(8)));
});

test('the generator covers the whole range and stays inside it', () => {
  const sorted = draws(new SeededRandom(1)).toSorted((a, b) => a - b);
  expect(sorted[0]).toBeGreaterThanOrEqual(2);
  expect(sorted[0]).toBeLessThan(2.1);
  expect(sorted.at(-1)).toBeLessThan(5);
  expect(sorted.at(-1)).toBeGreaterThan(4.9);
});

test('the generator of a name is independent of other draws', () => {
  const [first, second] = [new SeededRandom(1), new SeededRandom(1)];
  draws(second);
  expect(draws(first.for('a'))).toEqual(draws(second.for('a')));
  expect(draws(first.for('a'))).not.toEqual(draws(first.for('b')));
});
