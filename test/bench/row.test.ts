import { ratioOf, reachesGoal, type Row } from '../../bench/row';

const ROW: Row = { section: 'token in a shell', what: 'webex-token', ours: 0.1, unit: 's' };

it('has the ratio of ours by the other', () => {
  expect(ratioOf({ ...ROW, other: { what: 'bao read', value: 0.2 } })).toBe(0.5);
});

it('has no ratio where nothing stands beside it', () => {
  expect(ratioOf(ROW)).toBeUndefined();
});

it('reaches a goal of its ratio at most, up to the figure itself', () => {
  const other = { what: 'bao read', value: 0.2 };
  expect(reachesGoal({ ...ROW, other, goal: { of: 'ratio', atMost: 0.5 } })).toBe(true);
  expect(reachesGoal({ ...ROW, other, goal: { of: 'ratio', atMost: 0.49 } })).toBe(false);
});

it('reaches a goal of its own figure at least', () => {
  expect(reachesGoal({ ...ROW, goal: { of: 'ours', atLeast: 0.1 } })).toBe(true);
  expect(reachesGoal({ ...ROW, goal: { of: 'ours', atLeast: 0.2 } })).toBe(false);
});

it('does not reach a goal of a ratio that it has not', () => {
  expect(reachesGoal({ ...ROW, goal: { of: 'ratio', atMost: 1 } })).toBe(false);
});

it('says nothing of a goal that is not set', () => {
  expect(reachesGoal(ROW)).toBeUndefined();
});
