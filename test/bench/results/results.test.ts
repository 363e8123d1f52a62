import { resultsJson } from '../../../bench/results/results';
import type { Row } from '../../../bench/results/row';

const MACHINE = { cores: 2, cpu: 'a CPU', memoryGiB: 8, platform: 'linux-x64', node: 'v20.20.2' };

it('the results list each row with its ratio and verdict, and the skipped sections', () => {
  const row: Row = {
    section: 'shell',
    what: 'webex-token',
    ours: 1,
    other: { what: 'bao read', value: 2 },
    unit: 's',
    goal: { of: 'ratio', atMost: 0.5 },
  };
  const results = { rounds: 3, rows: [row], skipped: ['shell: no python3'], failed: [] };
  expect(JSON.parse(resultsJson(results, MACHINE, new Date(0)))).toEqual({
    measuredAt: '1970-01-01T00:00:00.000Z',
    machine: MACHINE,
    rounds: 3,
    rows: [{ ...row, ratio: 0.5, reached: true }],
    skipped: ['shell: no python3'],
    failed: [],
  });
});
