import { UsageError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';

interface Engine {
  readonly tuning: Pick<Deployment['engine']['tuning'], 'refreshAheadSeconds' | 'refreshCheckIntervalSeconds'>;
}

/** Longest delay of a token after a new consent or an outage. */
const LONGEST_SECONDS = 3600;

/** Each fetch is a login and a read. */
const SHORTEST_INTERVAL_SECONDS = 60;

/**
 * Interval at which a copy of an access token is fetched, in seconds: whole minutes, between one and 60.
 *
 * At each of its checks, the engine replaces tokens with less than `refreshAheadSeconds` to live. So a token that it hands
 * out lives for at least {@link leastLifeSeconds}, and a copy for that time less its age. A quarter of that time lets three
 * fetches in a row fail. After an outage of Webex, a new token reaches the copy one interval later.
 *
 * @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp, `tune_refresh_check_interval_seconds`
 */
export function refreshIntervalSeconds(engine: Engine): number {
  const quarter = Math.floor(leastLifeSeconds(engine) / 4);
  return Math.max(SHORTEST_INTERVAL_SECONDS, Math.min(LONGEST_SECONDS, quarter - (quarter % 60)));
}

/** Shortest remaining life of a token that the engine hands out while Webex answers. 0 means that it may expire at once. */
export function leastLifeSeconds({ tuning }: Engine): number {
  const { refreshAheadSeconds, refreshCheckIntervalSeconds } = tuning;
  // Without checks, a token is refreshed only by a read after it has expired.
  return refreshCheckIntervalSeconds === 0 ? 0 : refreshAheadSeconds - refreshCheckIntervalSeconds;
}

/**
 * The interval that was asked for, or the default.
 *
 * @throws UsageError if a copy could expire before it is fetched anew
 */
export function checkedInterval(engine: Engine, asked?: number): number {
  const least = leastLifeSeconds(engine);
  if (asked !== undefined && asked >= least && asked > SHORTEST_INTERVAL_SECONDS) {
    throw new UsageError(
      `--refresh-interval must be below ${least}s (engine.tuning.refreshAheadSeconds less refreshCheckIntervalSeconds), got ${asked}s: a copy could expire before the next one arrives; use ${refreshIntervalSeconds(engine)}s`,
    );
  }
  return asked ?? refreshIntervalSeconds(engine);
}

/**
 * A duration as Go writes it, in one unit, because the Vault Secrets Operator accepts only one.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function goDuration(seconds: number): string {
  if (seconds % 3600 === 0) {
    return `${seconds / 3600}h`;
  }
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
