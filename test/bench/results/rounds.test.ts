import { inTurn, median, percentile, timed } from '../../../bench/results/rounds';

it('the rounds measure the candidates in turn and report progress', async () => {
  const measured: string[] = [];
  const said: string[] = [];
  const of = (name: string, figures: number[]) => () => {
    measured.push(name);
    return Promise.resolve(figures.shift() ?? NaN);
  };
  const { ours, other } = await inTurn(3, { ours: of('ours', [3, 1, 2]), other: of('other', [6, 5, 4]) }, (line) =>
    said.push(line),
  );
  expect(measured).toEqual(['ours', 'other', 'ours', 'other', 'ours', 'other']);
  expect([ours, other]).toEqual([2, 5]);
  expect(said.at(-1)).toBe('round 3/3: other');
});

it('a timing fails if the measured action fails', async () => {
  await expect(timed(() => Promise.reject(new Error('no server')))).rejects.toThrow('no server');
});

it('a percentile is the smallest value that this percentage of the values does not exceed', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(percentile(values, 50)).toBe(100);
  expect(percentile(values, 99)).toBe(198);
  expect(percentile(values, 100)).toBe(200);
});

it('the median is one of the values, even for two values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(1);
});

it('the median leaves its input unchanged', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

it('the median of an empty list is NaN', () => {
  expect(median([])).toBeNaN();
});
