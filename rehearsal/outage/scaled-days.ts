import { declaredConfiguration } from '../../lib/declaration/derived/engine-configuration';
import { engineTuning, type EngineTuning } from '../../lib/declaration/schema/engine-declaration';
import type { Behavior } from '../webex/behavior';

const SECONDS_A_DAY = 24 * 3600;

/** The plugin treats a token as expired this long before its expiry. It cannot be configured, and so not scaled. */
const ENDS_EARLY_SECONDS = 10;

/** The plugin counts in whole seconds, and 0 means never. */
const SHORTEST_SECONDS = 1;

/** Deletion of dead grants by the engine, in seconds, by the plugin's names. */
const REAPING = {
  reap_check_interval: 300,
  reap_non_refreshable: 86_400,
  reap_revoked: 3600,
  reap_transient_error: 86_400,
  reap_server_deleted: 86_400,
};

type EngineSettings = EngineTuning & { readonly reaping: typeof REAPING };

/** The project's defaults. */
export const OURS: EngineSettings = { ...engineTuning.parse({}), reaping: { ...REAPING, reap_check_interval: 0 } };

/** @see pkg/persistence/config.go of the plugin */
export const PLUGIN_DEFAULTS: EngineSettings = {
  ...OURS,
  providerTimeoutSeconds: 30,
  providerTimeoutExpiryLeewayFactor: 1.5,
  refreshCheckIntervalSeconds: 60,
  refreshAheadSeconds: 72,
  reaping: REAPING,
};

/** Fields that are written to the engine's configuration. */
export function simulatedConfiguration(settings: EngineSettings): Record<string, unknown> {
  return {
    ...declaredConfiguration({ engine: { tuning: settings } }),
    ...Object.fromEntries(Object.entries(settings.reaping).map(([name, value]) => [`tune_${name}_seconds`, value])),
  };
}

/**
 * A clock on which a day takes a few seconds.
 *
 * Lifetimes of tokens, refreshes ahead and reaping are scaled, to one second at least. The engine's timeout for Webex is
 * not scaled, because a machine answers no faster on a shorter day. At Webex, a token expires 10 s after its scaled life,
 * so it expires in time for the engine. Reaping counts from that expiry, and so comes late: after 3.7 days of 3 s instead
 * of one.
 */
export class ScaledDays {
  constructor(
    readonly dayMs: number,
    private readonly startedMs = Date.now(),
  ) {}

  /** Days since the start. */
  get now(): number {
    return (Date.now() - this.startedMs) / this.dayMs;
  }

  toMs(days: number): number {
    return days * this.dayMs;
  }

  settings(real: EngineSettings): EngineSettings {
    const refreshCheckIntervalSeconds = this.#atLeastOne(real.refreshCheckIntervalSeconds);
    const refreshAheadSeconds =
      ENDS_EARLY_SECONDS +
      Math.max(
        Math.ceil((real.refreshAheadSeconds / SECONDS_A_DAY) * (this.dayMs / 1000)),
        // In a smaller proportion to the check interval, tokens would expire between two checks.
        Math.ceil(
          refreshCheckIntervalSeconds * Math.min(real.refreshAheadSeconds / real.refreshCheckIntervalSeconds, 2),
        ),
      );
    const { reap_transient_error: afterExpiry } = real.reaping;
    const due = { ...real.reaping, reap_transient_error: afterExpiry - this.#endsEarlyInDays() };
    const scaled = Object.entries(due).map(([name, seconds]) => [name, this.#atLeastOne(seconds)]);
    const reaping = Object.fromEntries(scaled) as typeof REAPING;
    return { ...real, refreshCheckIntervalSeconds, refreshAheadSeconds, reaping };
  }

  /** Lifetimes at Webex: 14 days, and 90 days by default. */
  lives(refreshTokenDays = 90): Pick<Behavior, 'accessTokenTtlSeconds' | 'refreshTokenTtlSeconds'> {
    return {
      accessTokenTtlSeconds: Math.round(14 * (this.dayMs / 1000)) + ENDS_EARLY_SECONDS,
      refreshTokenTtlSeconds: Math.round(refreshTokenDays * (this.dayMs / 1000)),
    };
  }

  #endsEarlyInDays(): number {
    return (ENDS_EARLY_SECONDS / (this.dayMs / 1000)) * SECONDS_A_DAY;
  }

  #atLeastOne(seconds: number): number {
    const scaled = Math.max(SHORTEST_SECONDS, Math.round((seconds / SECONDS_A_DAY) * (this.dayMs / 1000)));
    return seconds === 0 ? 0 : scaled;
  }
}
