import { TOKEN_PATH } from '../webex/endpoints/token-endpoint';
import type { Fault, SwitchedOffIntegration } from '../webex/behavior';
import type { Expected } from './expected';
import type { Scenario } from './scenario';
import type { World } from './world';

/*
 * One scenario for each line of the table. The seed decides on the moments. The engine refreshes at the end of a trouble
 * and then every 7 days. A trouble that lasts over a refresh therefore recurs after a multiple of 7 days and half its
 * length.
 */

const TUNINGS = ['ours', "the plugin's defaults"] as const;

/** Every request to Webex fails. */
const DOWN: Fault = { status: 503 };

/** Failures of the token endpoint, one for each credential. */
const TROUBLES: readonly Fault[] = [
  { status: 429, retryAfterSeconds: 60 },
  { status: 423, retryAfterSeconds: 60, body: 'webex' },
  { status: 500, body: 'rfc6749' },
  { status: 503, body: 'webex' },
  { status: 502, body: 'html' },
  { status: 400, body: 'webex', error: 'invalid_grant' },
  { status: 400, body: 'rfc6749', error: 'invalid_grant' },
  { status: 401, body: 'rfc6749', error: 'invalid_client' },
  { dropConnection: true },
];

const UNHARMED: Expected = { failures: [], lost: 'none', inTheEnd: 'healthy' };

const REFUSED_IN_EVERY_WAY: Expected = { ...UNHARMED, kindsOfRefusals: 5, refreshes: { 200: TROUBLES.length } };

/** The server is away for some hours: reads fail, and refreshes come later. */
const SERVER_AWAY: Expected = { ...UNHARMED, failures: ['server'], said: 'always', refreshes: { 200: 3 } };

/** The state of a look at an integration that the organization has switched off, by the answer of Webex to a refresh. */
const SWITCHED_OFF_STATES = {
  invalid_grant: 'credential re-authorization required',
  invalid_client: 'integration refused',
  unauthorized_client: 'integration refused',
  forbidden: 'credential failing',
};

export const SCENARIOS: readonly Scenario[] = [
  ...TUNINGS.flatMap((tuning): Scenario[] => [
    {
      name: `Webex down for 6 days over a refresh (${tuning})`,
      tuning,
      act: (world) =>
        world.cycles(31, async (start) => {
          // Before the plugin's own refresh of day 14, even if consents took part of the first day.
          const from = start + world.random.between(12.6, 13);
          await fault(world, from, from + 6, [DOWN]);
        }),
      expected: () =>
        tuning === 'ours'
          ? {
              ...UNHARMED,
              said: 'always',
              states: ['credential failing'],
              // Each grant is refreshed when Webex is back, and once more.
              refreshes: { 503: 1, 200: 6 },
            }
          : { failures: ['expired', 'gone'], lost: 'every' },
    },
    {
      name: `Webex down past expiry, for 16 days (${tuning})`,
      tuning,
      act: (world) =>
        world.cycles(28, async (start) => {
          const from = start + world.random.between(6, 6.5);
          await fault(world, from, from + 16, [DOWN]);
        }),
      expected: () =>
        tuning === 'ours'
          ? { ...UNHARMED, failures: ['expired'], said: 'always' }
          : { failures: ['expired', 'gone'], lost: 'every', refreshes: { 503: 1 }, noRefreshes: [200] },
    },
  ]),
  ...(['renew', 'keep', 'rotate', 'omit'] as const).map((refresh): Scenario => ({
    name: `every error for 3 days over a refresh, refresh tokens: ${refresh}`,
    credentials: TROUBLES.length,
    behavior: () => ({ refresh }),
    act: everyError,
    expected: (days) => ({
      ...REFUSED_IN_EVERY_WAY,
      // A refresh token whose life is not renewed expires after 90 days.
      ...(days > 90 && ['keep', 'omit'].includes(refresh) && { lost: 'every', inTheEnd: undefined }),
    }),
  })),
  {
    name: 'every error for 3 days over a refresh, the same token for a day',
    credentials: TROUBLES.length,
    behavior: (days) => ({ sameTokenForSeconds: days.toMs(1) / 1000 }),
    act: everyError,
    expected: () => REFUSED_IN_EVERY_WAY,
  },
  {
    name: 'refresh tokens that run out after 20 days',
    days: 30,
    refreshTokenDays: 20,
    behavior: () => ({ refresh: 'keep' }),
    // The refresh token expires before the refresh of day 21. The access token of day 14 is valid until day 28.
    act: (world) => world.trouble(20, 30, nothing, nothing),
    expected: () => ({ failures: ['refused'], lost: 'every', states: ['credential re-authorization required'] }),
  },
  ...(['renew', 'rotate'] as const).flatMap((refresh): Scenario[] => [
    {
      name: `answers that get lost once Webex has acted, refresh tokens: ${refresh}`,
      behavior: () => ({ refresh }),
      act: (world) =>
        world.cycles(29.5, (start) =>
          fault(world, start + 6, start + 9, [{ path: TOKEN_PATH, when: 'after', dropConnection: true }]),
        ),
      expected: () => answersLost(refresh),
    },
    {
      name: `answers that take longer than the engine waits, refresh tokens: ${refresh}`,
      behavior: () => ({ refresh }),
      providerTimeoutDays: 1.2,
      act: (world) =>
        world.cycles(29.5, (start) =>
          fault(world, start + 6, start + 9, [{ path: TOKEN_PATH, when: 'after', delayMs: world.days.toMs(2) }]),
        ),
      expected: () => answersLost(refresh),
    },
  ]),
  {
    name: 'storms of 429, of up to 3 days',
    act: (world) =>
      world.cycles(10, async (start) => {
        const from = start + world.random.between(2, 7);
        const to = from + world.random.between(0.5, 3);
        await fault(world, from, to, [{ status: 429, retryAfterSeconds: 3600 }]);
      }),
    expected: () => UNHARMED,
  },
  {
    name: "the server's clock 2 days ahead, then 2 days behind",
    act: (world) =>
      world.cycles(14, async (start) => {
        // A look must not report this.
        const from = start + world.random.between(3, 6);
        for (const [day, step] of [
          [from, -2],
          [from + 3, 4],
          [from + 6, -2],
        ] as const) {
          await world.at(day);
          world.stepWebexClock(step);
        }
      }),
    expected: () => ({ ...UNHARMED, states: [] }),
  },
  ...(['renew', 'rotate'] as const).map((refresh): Scenario => ({
    name: `the server killed at any moment, refresh tokens: ${refresh}`,
    server: 'killed',
    behavior: () => ({ refresh }),
    act: (world) => strikes(world, 7),
    expected: () => SERVER_AWAY,
  })),
  {
    name: 'the server sealed at any moment',
    server: 'sealed',
    act: (world) => strikes(world, 7),
    expected: () => SERVER_AWAY,
  },
  {
    name: 'the leader of three killed at any moment',
    server: 'failed over',
    act: (world) => strikes(world, 14),
    // The other nodes can elect a leader before a look.
    expected: () => ({ ...SERVER_AWAY, said: undefined }),
  },
  {
    name: 'an administrator revokes the grants at Webex',
    days: 24,
    act: (world) => ends(world, (person) => world.webex.grants.revokeAllOf(person, 'an administrator revoked it')),
    expected: () => ended('an administrator revoked it'),
  },
  {
    name: 'the person changes the password',
    days: 24,
    act: (world) => ends(world, ({ email }) => world.webex.changePassword(email)),
    expected: () => ended("the person's password was changed"),
  },
  {
    name: 'the person is deactivated',
    days: 24,
    act: (world) => ends(world, ({ email }) => world.webex.deactivate(email)),
    expected: () => ended("the person's account was deactivated"),
  },
  {
    name: 'the person loses the role, and the grants with it',
    days: 24,
    act: (world) => ends(world, ({ email }) => world.webex.withdrawRoles(email, { endsGrants: true })),
    expected: () => ended('the person is no longer an administrator'),
  },
  ...(['invalid_grant', 'invalid_client', 'unauthorized_client', 'forbidden'] as const).flatMap((refresh) =>
    [false, true].map((acceptsAccessTokens): Scenario => ({
      name: `the organization switches the integration off for 3 days (${refresh}, tokens ${acceptsAccessTokens ? 'taken' : 'refused'})`,
      days: 24,
      credentials: 1,
      act: (world) => switchedOff(world, { refresh, acceptsAccessTokens }),
      expected: () =>
        acceptsAccessTokens
          ? { ...UNHARMED, said: 'always', states: [SWITCHED_OFF_STATES[refresh]] }
          : { ...UNHARMED, said: 'by the first look' },
    })),
  ),
];

/** Webex acts, but the engine gets no answer. */
function answersLost(refresh: 'renew' | 'rotate'): Expected {
  return refresh === 'renew'
    ? { ...UNHARMED, refreshes: { 0: 1 } }
    : { failures: ['refused'], lost: 'every', inTheEnd: { says: 'invalid_grant' }, refreshes: { 0: 1 } };
}

/** Webex ends the grant of one person. The other grants are untouched. */
function ended(why: string): Expected {
  return { failures: ['dead', 'refused'], lost: 'one', inTheEnd: { says: why }, said: 'by the first look' };
}

const nothing = (): void => undefined;

function fault(world: World, from: number, to: number, faults: readonly Fault[]): Promise<void> {
  const { behavior } = world.webex;
  return world.trouble(
    from,
    to,
    () => (behavior.fault = faults),
    () => (behavior.fault = undefined),
  );
}

/** A different failure for each credential and cycle. */
function everyError(world: World): Promise<void> {
  return world.cycles(15.5, async (start, cycle) => {
    const from = start + world.random.between(5.5, 6.5);
    const faults = world.names.map((_, index): Fault => {
      const trouble = TROUBLES[(index + cycle) % TROUBLES.length] ?? DOWN;
      return { ...trouble, path: TOKEN_PATH, grant: world.grantOf(index) };
    });
    await fault(world, from, from + 3, faults);
  });
}

/** Strikes the server about that often, and mends it after some hours. */
function strikes(world: World, everyDays: number): Promise<void> {
  return world.cycles(everyDays, async (start) => {
    const from = start + world.random.between(0.5, everyDays - 2);
    const { strike, mend } = world.harm;
    await world.trouble(from, from + world.random.between(0.1, 1), strike, mend);
  });
}

/** Ends the first credential's grant for good. */
function ends(world: World, end: (person: World['webex']['users'][number]) => void): Promise<void> {
  const [person] = world.webex.users;
  return world.trouble(world.random.between(2, 5), world.length, () => person && end(person), nothing);
}

function switchedOff(
  world: World,
  how: Pick<SwitchedOffIntegration, 'refresh' | 'acceptsAccessTokens'>,
): Promise<void> {
  const { behavior, clients } = world.webex;
  return world.trouble(
    6,
    9,
    () => (behavior.switchedOff = { clientId: clients[0]?.clientId ?? '', ...how }),
    () => (behavior.switchedOff = undefined),
  );
}
