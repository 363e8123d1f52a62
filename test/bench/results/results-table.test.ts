import type { Row } from '../../../bench/results/row';
import { figure, table } from '../../../bench/results/results-table';

const ROW: Row = {
  section: 'shell',
  what: 'webex-token',
  ours: 0.0412,
  other: { what: 'bao read', value: 0.0876 },
  unit: 's',
  goal: { of: 'ratio', atMost: 0.5 },
};

it('the table shows our figure, the compared figure, their ratio and whether the goal is reached', () => {
  expect(table([ROW, { ...ROW, what: 'with AppRole', ours: 0.09, goal: { of: 'ratio', atMost: 0.9 } }])).toBe(
    [
      '| section | what         |     ours | other              | ratio | goal   | reached |',
      '| ------- | ------------ | -------: | ------------------ | ----: | ------ | ------- |',
      '| shell   | webex-token  | 0.0412 s | bao read: 0.0876 s |  0.47 | <= 0.5 | yes     |',
      '| shell   | with AppRole |   0.09 s | bao read: 0.0876 s |  1.03 | <= 0.9 | NO      |',
    ].join('\n'),
  );
});

it('the table shows the unit of a goal for the figure itself', () => {
  const row: Row = { section: 'tests', what: 'unit part', ours: 25.04, unit: 's', goal: { of: 'ours', atMost: 20 } };
  expect(table([row])).toContain('| 25 s | <= 20 s | NO ');
});

it('the table leaves cells empty if a row has neither a goal nor a comparison', () => {
  const bare: Row = { section: 'shell', what: 'node -e 0', ours: 0.059, unit: 's', note: 'the floor' };
  expect(table([ROW, bare])).toMatch(/\| node -e 0 +\| +0\.059 s \| +\| +\| +\| +\| the floor \|$/);
});

it('a figure has three significant digits, and commas between thousands', () => {
  expect([0.00123456, 0.05, 1.2345, 99.96, 123.4, 3_456_789, 0].map(figure)).toEqual([
    '0.00123',
    '0.05',
    '1.23',
    '100',
    '123',
    '3,456,789',
    '0',
  ]);
});
