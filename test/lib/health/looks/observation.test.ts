import {
  isWorthNoting,
  issueTime,
  observed,
  sinceConsent,
  type Observation,
} from '../../../../lib/health/looks/observation';

const HOUR_MS = 3_600_000;
const start = new Date('2026-01-01T00:00:00Z');

function hour(count: number): Date {
  return new Date(start.getTime() + count * HOUR_MS);
}

function seen(...looks: [at: number, expires: number | undefined, isFailing?: boolean][]): Observation | undefined {
  return looks.reduce<Observation | undefined>(
    (before, [at, expires, isFailing = false]) =>
      observed(before, { at: hour(at), expireTime: expires === undefined ? undefined : hour(expires), isFailing }),
    undefined,
  );
}

it('the observation takes a new expiry for a new token, and the same expiry for the same token', () => {
  expect(seen([0, 100], [1, 100], [2, 200])?.tokens).toEqual([
    { expireTime: hour(100), firstSeenAt: hour(0), lastSeenAt: hour(1) },
    { expireTime: hour(200), firstSeenAt: hour(2), lastSeenAt: hour(2) },
  ]);
});

it('the observation keeps the time of the first failure until a refresh works again', () => {
  expect(seen([0, 100, true], [1, 100, true])?.failingSince).toEqual(hour(0));
  expect(seen([0, 100, true], [1, 200])?.failingSince).toBeNull();
  expect(seen([0, 100], [1, undefined, true])).toMatchObject({ failingSince: hour(1), tokens: [{}] });
});

it('the observation keeps at most 60 tokens', () => {
  const looks = Array.from({ length: 100 }, (_, index) => [index, 1000 + index] as [number, number]);
  const { tokens = [] } = seen(...looks) ?? {};
  expect(tokens).toHaveLength(60);
  expect(tokens.at(-1)?.expireTime).toEqual(hour(1099));
});

describe('is worth noting', () => {
  const before = seen([0, 100]);

  it.each<[string, [number, number, boolean?], boolean]>([
    ['another token', [0.1, 200], true],
    ['a failure', [0.1, 100, true], true],
    ['the same after a moment', [0.1, 100], false],
    ['the same after more than an hour', [1.1, 100], true],
  ])('the rule decides if %s is worth noting: %s', (_, [at, expires, isFailing = false], expected) => {
    const after = observed(before, { at: hour(at), expireTime: hour(expires), isFailing });
    expect(isWorthNoting(before, after)).toBe(expected);
  });

  it('the first observation is worth noting if a token was seen', () => {
    expect(isWorthNoting(undefined, seen([0, 100]) as Observation)).toBe(true);
    expect(isWorthNoting(undefined, seen([0, undefined]) as Observation)).toBe(false);
  });
});

describe('the time of issue', () => {
  it("the time of issue is the expiry minus the first token's life", () => {
    expect(issueTime(seen([10, 105]) as Observation, hour(0), 100 * 3600)).toEqual(hour(5));
  });

  it("the time of issue stays between the two looks if the token's life has changed", () => {
    const twice = seen([0, 100], [10, 100], [20, 300]) as Observation;
    expect(issueTime(twice, hour(0), 100 * 3600)).toEqual(hour(20));
    expect(issueTime(twice, hour(0), 299 * 3600)).toEqual(hour(10));
    expect(issueTime(twice, hour(0), undefined)).toEqual(hour(20));
  });

  it('the time of issue is the time of the consent if no token was seen since', () => {
    expect(issueTime(seen([0, 100]) as Observation, hour(1), 100 * 3600)).toEqual(hour(1));
    expect(sinceConsent(seen([0, 100])?.tokens ?? [], hour(1))).toEqual([]);
  });
});
