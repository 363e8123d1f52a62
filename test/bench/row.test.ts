import { ratioOf, reachesGoal, type Row } from '../../bench/row';

const ROW: Row = { section: 'token in a shell', what: 'webex-token', ours: 0.1, unit: 's' };

it('the ratio divides our figure by the compared figure', () => {
  expect(ratioOf({ ...ROW, other: { what: 'bao read', value: 0.2 } })).toBe(0.5);
});

it('a row without a comparison has no ratio', () => {
  expect(ratioOf(ROW)).toBeUndefined();
});

it('a row reaches a ratio goal if its ratio is at most the goal', () => {
  const other = { what: 'bao read', value: 0.2 };
  expect(reachesGoal({ ...ROW, other, goal: { of: 'ratio', atMost: 0.5 } })).toBe(true);
  expect(reachesGoal({ ...ROW, other, goal: { of: 'ratio', atMost: 0.49 } })).toBe(false);
});

it('a row reaches a goal for its own figure if the figure is at least the goal', () => {
  expect(reachesGoal({ ...ROW, goal: { of: 'ours', atLeast: 0.1 } })).toBe(true);
  expect(reachesGoal({ ...ROW, goal: { of: 'ours', atLeast: 0.2 } })).toBe(false);
});

it('a row without a ratio misses a ratio goal', () => {
  expect(reachesGoal({ ...ROW, goal: { of: 'ratio', atMost: 1 } })).toBe(false);
});

it('a row without a goal has no verdict', () => {
  expect(reachesGoal(ROW)).toBeUndefined();
});
