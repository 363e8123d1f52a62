import { differences, type Expected } from '../../../rehearsal/outage/expected';
import type { Outcome } from '../../../rehearsal/outage/world';

const OUTCOME: Outcome = {
  days: 20,
  credentials: 3,
  reads: 100,
  failed: 0,
  failures: {},
  examples: {},
  lost: 0,
  refreshes: { 200: 6 },
  sayings: [],
  unsaid: 0,
  states: [],
  inTheEnd: { severity: 'healthy', state: '', said: '' },
};
const PEACE: Expected = { failures: [], lost: 'none', inTheEnd: 'healthy', states: [] };
const BROKEN = { severity: 'broken', state: 'credential expired', said: 'invalid_grant: it expired' } as const;

test('the expected outcome has no differences', () => {
  expect(differences(PEACE, OUTCOME)).toEqual([]);
});

test.each<[string, Partial<Expected>, Partial<Outcome>]>([
  ['a read that fails', {}, { failures: { expired: 1 } }],
  ['no read that fails', { failures: ['expired'] }, {}],
  ['another failure', { failures: ['expired'] }, { failures: { expired: 1, gone: 1 } }],
  ['a lost grant', {}, { lost: 1 }],
  ['no lost grant', { lost: 'one' }, {}],
  ['two lost grants', { lost: 'one' }, { lost: 2 }],
  ['a grant that is kept', { lost: 'every' }, { lost: 2 }],
  ['a trouble in the end', {}, { inTheEnd: BROKEN }],
  ['another trouble in the end', { inTheEnd: { says: 'replaced' } }, { inTheEnd: BROKEN }],
  ['a trouble that no look told of', { said: 'always' }, { sayings: [{ days: 1, looks: 1 }], unsaid: 1 }],
  ['no trouble', { said: 'always' }, {}],
  ['a trouble told of by the second look', { said: 'by the first look' }, { sayings: [{ days: 1, looks: 2 }] }],
  ['another state', {}, { states: ['credential failing'] }],
  ['too few refreshes', { refreshes: { 200: 7 } }, {}],
  ['a refresh that is not to be', { noRefreshes: [200] }, {}],
  ['too few kinds of refusals', { kindsOfRefusals: 2 }, { refreshes: { 200: 6, 503: 9 } }],
])('the comparison reports %s as one difference', (_, expected, outcome) => {
  expect(differences({ ...PEACE, ...expected }, { ...OUTCOME, ...outcome })).toHaveLength(1);
});
