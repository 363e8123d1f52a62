import { SCENARIOS } from '../../../bench/outage/scenarios';
import { SeededRandom } from '../../../bench/outage/seeded-random';
import type { Outcome } from '../../../bench/outage/world';
import { outcomesOf } from '../../fixtures/outage-outcomes';

// All at once: on a machine that is busy, looks and consents take long.
const DAY_MS = 6000;

const HEALTHY = { severity: 'healthy', state: '', said: '' };

let outcomeOf: (name: string) => Outcome;
beforeAll(async () => {
  const chosen = SCENARIOS.filter(({ name }) =>
    /^every error|^answers|^storms|clock|killed at|sealed/.test(name),
  ).filter(({ server }) => server !== 'failed over');
  outcomeOf = await outcomesOf(chosen, { days: 15, dayMs: DAY_MS, random: new SeededRandom(1) });
});

test.each([
  ['refresh tokens: renew'],
  ['refresh tokens: keep'],
  ['refresh tokens: rotate'],
  ['refresh tokens: omit'],
  ['the same token for a day'],
])('no error of a refresh costs a read or a grant within the 7 days: %s', (behaviour) => {
  const outcome = outcomeOf(`every error for 3 days over a refresh, ${behaviour}`);
  expect(outcome.examples).toEqual({});
  expect(outcome).toMatchObject({ lost: 0, inTheEnd: HEALTHY });
  // They have happened; where consents take days of this scale, some refresh is due before.
  const { 200: good = 0, ...bad } = outcome.refreshes;
  expect(Object.keys(bad).length).toBeGreaterThan(4);
  expect(good).toBeGreaterThanOrEqual(outcome.credentials);
});

describe('an answer that is lost once Webex has acted', () => {
  test.each(['that get lost once Webex has acted', 'that take longer than the engine waits'])(
    'costs nothing where the refresh token stays good: answers %s',
    (what) => {
      const outcome = outcomeOf(`answers ${what}, refresh tokens: renew`);
      expect(outcome.examples).toEqual({});
      expect(outcome).toMatchObject({ lost: 0, inTheEnd: HEALTHY });
      expect(outcome.refreshes[0]).toBeGreaterThan(0);
    },
  );

  test.each(['that get lost once Webex has acted', 'that take longer than the engine waits'])(
    'costs the grant where refresh tokens rotate, which is said in the end: answers %s',
    (what) => {
      const outcome = outcomeOf(`answers ${what}, refresh tokens: rotate`);
      expect(outcome.lost).toBe(outcome.credentials);
      expect(outcome.inTheEnd.said).toContain('invalid_grant');
    },
  );
});

test('storms of 429 cost nothing', () => {
  expect(outcomeOf('storms of 429, of up to 3 days').examples).toEqual({});
  expect(outcomeOf('storms of 429, of up to 3 days')).toMatchObject({ lost: 0, inTheEnd: HEALTHY });
});

test("a step of the server's clock that is shorter than the 7 days costs nothing", () => {
  const outcome = outcomeOf("the server's clock 2 days ahead, then 2 days behind");
  expect(outcome.examples).toEqual({});
  expect(outcome).toMatchObject({ lost: 0, inTheEnd: HEALTHY });
});

test.each([
  'the server killed at any moment, refresh tokens: renew',
  'the server killed at any moment, refresh tokens: rotate',
  'the server sealed at any moment',
])('a server that is away costs the reads of that time and no grant: %s', (name) => {
  const outcome = outcomeOf(name);
  expect(Object.keys(outcome.failures)).toEqual(['server']);
  expect(outcome).toMatchObject({ lost: 0, unsaid: 0, inTheEnd: HEALTHY });
  expect(outcome.refreshes[200]).toBeGreaterThanOrEqual(outcome.credentials);
});
