import { UsageError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';

interface Engine {
  readonly tuning: Pick<Deployment['engine']['tuning'], 'refreshAheadSeconds' | 'refreshCheckIntervalSeconds'>;
}

/** Longest delay of a token that was authorized again, or came back after an outage. */
const LONGEST_SECONDS = 3600;

/** Each fetch is a login and a read. */
const SHORTEST_INTERVAL_SECONDS = 60;

/**
 * How often a copy of an access token is fetched anew: in seconds, in whole minutes, between one and 60.
 *
 * At each of its checks, the engine replaces tokens with less than `refreshAheadSeconds` to live. So a token that it hands
 * out lives for {@link leastLifeSeconds}, and a copy for that less its age. At a quarter of it, three fetches in a row may
 * fail. A token that the engine gets after an outage of Webex is in a copy one interval later.
 *
 * @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp, `tune_refresh_check_interval_seconds`
 */
export function refreshIntervalSeconds(engine: Engine): number {
  const quarter = Math.floor(leastLifeSeconds(engine) / 4);
  return Math.max(SHORTEST_INTERVAL_SECONDS, Math.min(LONGEST_SECONDS, quarter - (quarter % 60)));
}

/** Least life of a token that the engine hands out, while Webex answers. 0: it may expire at once. */
export function leastLifeSeconds({ tuning }: Engine): number {
  const { refreshAheadSeconds, refreshCheckIntervalSeconds } = tuning;
  // Without checks, a token is refreshed only when it is read after its end.
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
      `a token may live for ${least} seconds only when it is handed out (engine.tuning.refreshAheadSeconds less refreshCheckIntervalSeconds), got --refresh-interval ${asked}s, so that copies would end before their successors arrive; use ${refreshIntervalSeconds(engine)}s`,
    );
  }
  return asked ?? refreshIntervalSeconds(engine);
}

/**
 * A duration as Go writes it, in one unit, because the Vault Secrets Operator accepts no more.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function goDuration(seconds: number): string {
  if (seconds % 3600 === 0) {
    return `${seconds / 3600}h`;
  }
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
