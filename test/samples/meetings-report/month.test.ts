import { coverage, daysOf, lastMonth, monthBefore, parseMonth } from '../../../samples/meetings-report/month';

const at = (time: string): Date => new Date(time);

it.each(['2026-10', '2024-02', '2000-01', '2999-12'])('the parser accepts %s as a month', (text) => {
  expect(parseMonth(text)).toBe(text);
});

it.each(['2026-13', '2026-00', '2026-1', '26-10', '2026/10', '2026-10-01', 'october', '', ' 2026-10', '1999-12'])(
  'the parser refuses "%s" as a month',
  (text) => {
    expect(() => parseMonth(text)).toThrow(`--month must be a month like 2026-10, got "${text}"`);
  },
);

it('the month before January is December of the previous year', () => {
  expect(monthBefore('2026-01')).toBe('2025-12');
});

it('the last month is the latest one that is over in UTC', () => {
  expect(lastMonth(at('2026-11-01T00:00:00Z'))).toBe('2026-10');
  expect(lastMonth(at('2026-10-31T23:59:59Z'))).toBe('2026-09');
  expect(lastMonth(at('2026-11-01T00:30:00+02:00'))).toBe('2026-09');
  expect(lastMonth(at('2026-01-15T12:00:00Z'))).toBe('2025-12');
});

it.each([
  ['2026-10', '2026-10-01', '2026-10-31', '2026-09-01', '2026-09-30'],
  ['2024-02', '2024-02-01', '2024-02-29', '2024-01-01', '2024-01-31'],
  ['2025-02', '2025-02-01', '2025-02-28', '2025-01-01', '2025-01-31'],
  ['2000-03', '2000-03-01', '2000-03-31', '2000-02-01', '2000-02-29'],
  ['2100-03', '2100-03-01', '2100-03-31', '2100-02-01', '2100-02-28'],
  ['2026-01', '2026-01-01', '2026-01-31', '2025-12-01', '2025-12-31'],
])('the coverage includes the whole of %s once that month is over', (month, from, to, beforeFrom, beforeTo) => {
  expect(coverage(month, at('2101-01-01T00:00:00Z'))).toEqual({
    month,
    period: { from, to },
    comparedWith: { from: beforeFrom, to: beforeTo },
    complete: true,
  });
});

it('the coverage of a running month ends yesterday, and compares the same days', () => {
  expect(coverage('2026-11', at('2026-11-23T10:00:00Z'))).toEqual({
    month: '2026-11',
    period: { from: '2026-11-01', to: '2026-11-22' },
    comparedWith: { from: '2026-10-01', to: '2026-10-22' },
    complete: false,
  });
});

it('the coverage compares with the whole previous month if that is shorter', () => {
  expect(coverage('2025-03', at('2025-03-31T10:00:00Z'))).toMatchObject({
    period: { to: '2025-03-30' },
    comparedWith: { to: '2025-02-28' },
  });
});

it('the coverage is complete only once the last day is over in UTC', () => {
  expect(coverage('2026-10', at('2026-10-31T23:59:59Z')).complete).toBe(false);
  expect(coverage('2026-10', at('2026-11-01T00:00:00Z')).complete).toBe(true);
});

it.each([
  ['its first day', '2026-11', '2026-11-01T00:00:01Z'],
  ['the future', '2026-12', '2026-11-23T00:00:00Z'],
])('the coverage refuses a month without a finished day: %s', (_, month, now) => {
  expect(() => coverage(month, at(now))).toThrow(/no day of .* is over yet .* ask for --month 2026-10/);
});

it('a period lists its days', () => {
  expect(daysOf({ from: '2024-02-27', to: '2024-03-01' })).toEqual([
    '2024-02-27',
    '2024-02-28',
    '2024-02-29',
    '2024-03-01',
  ]);
  // Clocks change in this month in many places; days in UTC do not.
  expect(daysOf({ from: '2026-10-01', to: '2026-10-31' })).toHaveLength(31);
});
