import { UsageError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';

interface Engine {
  readonly tuning: Pick<Deployment['engine']['tuning'], 'refreshAheadSeconds' | 'refreshCheckIntervalSeconds'>;
}

/** What was revoked and given anew, or came back after an outage, arrives that late at most. */
const LONGEST_SECONDS = 3600;

/** Each fetch is a login and a read. */
const SHORTEST_INTERVAL_SECONDS = 60;

/**
 * How often a copy of an access token is fetched anew, in seconds, in whole minutes: between one and 60.
 *
 * The engine hands out the token that it has, and at each of its checks replaces those with less than
 * `refreshAheadSeconds` to live. So what it hands out lives for {@link leastLifeSeconds}, and a copy for that less its age.
 * At a quarter of it, three fetches in a row may fail. In an outage of Webex that is longer than the token lives, it ends
 * for everybody alike; what the engine gets after it is in a copy one interval later.
 *
 * @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp, `tune_refresh_check_interval_seconds`
 */
export function refreshIntervalSeconds(engine: Engine): number {
  const quarter = Math.floor(leastLifeSeconds(engine) / 4);
  return Math.max(SHORTEST_INTERVAL_SECONDS, Math.min(LONGEST_SECONDS, quarter - (quarter % 60)));
}

/** How long a token lives at least when the engine hands it out, while Webex answers; 0: it may end at once. */
export function leastLifeSeconds({ tuning }: Engine): number {
  const { refreshAheadSeconds, refreshCheckIntervalSeconds } = tuning;
  // Without checks, a token is refreshed only when it is read and has ended.
  return refreshCheckIntervalSeconds === 0 ? 0 : refreshAheadSeconds - refreshCheckIntervalSeconds;
}

/**
 * What somebody asked for, where no copy of it ends before it is fetched anew.
 *
 * @throws UsageError where one could
 */
export function checkedInterval(engine: Engine, asked?: number): number {
  const least = leastLifeSeconds(engine);
  if (asked !== undefined && asked >= least && asked > SHORTEST_INTERVAL_SECONDS) {
    throw new UsageError(
      `a token may live for ${least} seconds only when it is handed out (engine.tuning.refreshAheadSeconds less refreshCheckIntervalSeconds), got --refresh-interval ${asked}s, so that copies would end before their successors arrive; use ${refreshIntervalSeconds(engine)}s`,
    );
  }
  return asked ?? refreshIntervalSeconds(engine);
}

/**
 * As Go writes it, in one unit, which is all that the Vault Secrets Operator takes.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function goDuration(seconds: number): string {
  const [unit = 1, letter = 's'] = UNITS.find(([length]) => seconds % length === 0) ?? [];
  return `${seconds / unit}${letter}`;
}

const UNITS: readonly [seconds: number, letter: string][] = [
  [3600, 'h'],
  [60, 'm'],
];
