import { SCENARIOS } from '../../../bench/outage/scenarios';
import { SeededRandom } from '../../../bench/outage/seeded-random';
import type { Outcome } from '../../../bench/outage/world';
import { outcomesOf } from '../../fixtures/outage-outcomes';

// All at once: on a machine that is busy, looks and consents take long.
const DAY_MS = 5000;
const DAYS = 28;

const HEALTHY = { severity: 'healthy', state: '', said: '' };

let outcomeOf: (name: string) => Outcome;
beforeAll(async () => {
  const chosen = SCENARIOS.filter(({ name }) => /^Webex down|^the (person|organisation)|^an administrator/.test(name));
  const run = { days: DAYS, dayMs: DAY_MS, random: new SeededRandom(1) };
  outcomeOf = await outcomesOf(
    // Of those that end a grant nothing more is to be seen after a refresh.
    chosen.map((scenario) => (scenario.days === undefined ? scenario : { ...scenario, days: 11 })),
    run,
  );
});

describe('Webex down for 6 days over what would have been the refresh', () => {
  test('costs no read and no grant, and is said', () => {
    const outcome = outcomeOf('Webex down for 6 days over a refresh (ours)');
    expect(outcome.examples).toEqual({});
    expect(outcome).toMatchObject({ lost: 0, unsaid: 0, inTheEnd: HEALTHY });
    // There was a refresh to be missed, and it was had when Webex was back.
    expect(outcome.refreshes[503]).toBeGreaterThan(0);
    expect(outcome.refreshes[200]).toBeGreaterThanOrEqual(2 * outcome.credentials);
    expect(outcome.states).toEqual(['credential failing']);
  });

  test("costs reads and every grant with the plugin's own defaults", () => {
    const outcome = outcomeOf("Webex down for 6 days over a refresh (the plugin's defaults)");
    expect(outcome.failures.expired).toBeGreaterThan(0);
    expect(outcome.failures.gone).toBeGreaterThan(0);
    expect(outcome.lost).toBe(outcome.credentials);
  });
});

describe('Webex down past expiry', () => {
  test('costs reads until Webex is back, and no grant', () => {
    const outcome = outcomeOf('Webex down past expiry, for 16 days (ours)');
    expect(Object.keys(outcome.failures)).toEqual(['expired']);
    expect(outcome).toMatchObject({ lost: 0, unsaid: 0, inTheEnd: HEALTHY });
  });

  test("costs every grant with the plugin's own defaults", () => {
    const outcome = outcomeOf("Webex down past expiry, for 16 days (the plugin's defaults)");
    expect(outcome.failures.gone).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ lost: outcome.credentials, refreshes: { 503: expect.any(Number) as number } });
    expect(outcome.refreshes[200]).toBeUndefined();
  });
});

describe('a grant that is ended at Webex', () => {
  test.each([
    ['an administrator revokes the grants at Webex', 'an administrator revoked it'],
    ['the person changes the password', "the person's password was changed"],
    ['the person is deactivated', "the person's account was deactivated"],
    ['the person loses the role, and the grants with it', 'the person is an administrator no more'],
  ])('is said by the first look, and by what it was once Webex tells: %s', (name, why) => {
    const outcome = outcomeOf(name);
    expect(outcome.sayings).toMatchObject([{ looks: 1 }]);
    expect(outcome.inTheEnd.said).toContain(why);
    // The other people's are not touched.
    expect(outcome.lost).toBe(1);
  });
});

describe('an integration that the organisation switches off for 3 days', () => {
  const STATES = {
    invalid_grant: 'credential re-authorisation required',
    invalid_client: 'integration refused',
    unauthorized_client: 'integration refused',
    forbidden: 'credential failing',
  };

  test.each(['invalid_grant', 'invalid_client', 'unauthorized_client', 'forbidden'])(
    'is said by the first look, and costs no read and no grant: %s',
    (refresh) => {
      const outcome = outcomeOf(
        `the organisation switches the integration off for 3 days (${refresh}, tokens refused)`,
      );
      expect(outcome.sayings).toMatchObject([{ looks: 1 }]);
      expect(outcome.examples).toEqual({});
      expect(outcome).toMatchObject({ lost: 0, inTheEnd: HEALTHY });
    },
  );

  test.each(['invalid_grant', 'invalid_client', 'unauthorized_client', 'forbidden'] as const)(
    'is said once a refresh is due where Webex takes the tokens on: %s',
    (refresh) => {
      const outcome = outcomeOf(`the organisation switches the integration off for 3 days (${refresh}, tokens taken)`);
      expect(outcome.examples).toEqual({});
      expect(outcome).toMatchObject({ lost: 0, unsaid: 0, inTheEnd: HEALTHY });
      expect(outcome.states).toEqual([STATES[refresh]]);
    },
  );
});
