import { median, percentile } from '../../bench/percentile';

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
