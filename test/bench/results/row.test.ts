import { ratioOf, reachesGoal, type Row } from '../../../bench/results/row';

const ROW: Row = { section: 'token in a shell', what: 'webex-token', ours: 0.1, unit: 's' };

const other = { what: 'bao read', value: 0.2 };

it.each<[string, Partial<Row>, number | undefined, boolean | undefined]>([
  ['without a comparison and a goal', {}, undefined, undefined],
  ['with a ratio of at most its goal', { other, goal: { of: 'ratio', atMost: 0.5 } }, 0.5, true],
  ['with a ratio above its goal', { other, goal: { of: 'ratio', atMost: 0.49 } }, 0.5, false],
  ['with a figure of at least its goal', { goal: { of: 'ours', atLeast: 0.1 } }, undefined, true],
  ['with a figure below its goal', { goal: { of: 'ours', atLeast: 0.2 } }, undefined, false],
  ['with a goal for a ratio, and no comparison', { goal: { of: 'ratio', atMost: 1 } }, undefined, false],
])('a row %s has the right ratio and verdict', (_, changes, ratio, reached) => {
  const row = { ...ROW, ...changes };
  expect([ratioOf(row), reachesGoal(row)]).toEqual([ratio, reached]);
});
