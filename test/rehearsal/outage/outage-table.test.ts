import { table } from '../../../rehearsal/outage/outage-table';
import type { Outcome } from '../../../rehearsal/outage/world';

const OUTCOME: Outcome = {
  days: 100,
  credentials: 3,
  reads: 1234,
  failed: 5,
  failures: { expired: 3, gone: 2 },
  examples: {},
  lost: 2,
  refreshes: {},
  sayings: [
    { days: 0.21, looks: 1 },
    { days: 1.04, looks: 4 },
  ],
  unsaid: 1,
  states: ['credential failing', 'credential gone'],
  inTheEnd: { severity: 'healthy', state: '', said: '' },
};

test('the table has a line for each fault, with the longest time until a report', () => {
  const rows = [
    { scenario: 'a fault', outcome: OUTCOME, differences: [] },
    {
      scenario: 'none',
      outcome: { ...OUTCOME, failed: 0, failures: {}, lost: 0, sayings: [], unsaid: 0, states: [] },
      differences: [],
    },
  ];
  expect(
    table(rows)
      .split('\n')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  ).toEqual([
    ['fault', 'days', 'reads', 'failed', 'why', 'grants', 'lost', 'said after, days', 'what was said'],
    expect.arrayContaining([expect.stringMatching(/^-+$/), expect.stringMatching(/^-+:$/)]) as string[],
    [
      'a fault',
      '100',
      '1,234',
      '5',
      'expired 3, gone 2',
      '3',
      '2',
      '1.0 (look 4); 1 of 3 not',
      'credential failing, credential gone',
    ],
    ['none', '100', '1,234', '0', '', '3', '0', '-', ''],
  ]);
});
