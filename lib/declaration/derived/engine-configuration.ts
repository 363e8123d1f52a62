import { ExplainedError } from '#core';
import type { Deployment } from '../schema/deployment';
import type { EngineTuning } from '../schema/engine-declaration';

/** The plugin's own limit. @see pkg/backend/path_config.go of the plugin */
const MAX_REFRESH_CHECK_INTERVAL_SECONDS = 90 * 24 * 3600;

/**
 * No reaping: only a person can give a grant again that the engine deletes. The interval turns it off. The other values are
 * the plugin's defaults, which a plan would see changed if they were left out.
 */
const NO_REAPING = {
  tune_reap_check_interval_seconds: 0,
  tune_reap_dry_run: false,
  tune_reap_non_refreshable_seconds: 86_400,
  tune_reap_revoked_seconds: 3600,
  tune_reap_transient_error_attempts: 10,
  tune_reap_transient_error_seconds: 86_400,
  tune_reap_server_deleted_seconds: 86_400,
} as const;

/**
 * All fields of `<mountPath>/config`: the plugin resets every field that is left out to its own default, and
 * its default is to reap.
 *
 * @throws ExplainedError where the plugin would refuse or misunderstand it
 */
export function engineConfiguration(tuning: EngineTuning): Record<string, unknown> {
  const { refreshCheckIntervalSeconds, refreshAheadSeconds, providerTimeoutExpiryLeewayFactor } = tuning;
  if (refreshCheckIntervalSeconds > MAX_REFRESH_CHECK_INTERVAL_SECONDS) {
    throw new ExplainedError(
      `refreshCheckIntervalSeconds must be at most ${MAX_REFRESH_CHECK_INTERVAL_SECONDS} (90 days), got ${refreshCheckIntervalSeconds}; use ${MAX_REFRESH_CHECK_INTERVAL_SECONDS} or less`,
    );
  }
  if (refreshAheadSeconds < refreshCheckIntervalSeconds) {
    throw new ExplainedError(
      `refreshAheadSeconds must not be below refreshCheckIntervalSeconds (${refreshCheckIntervalSeconds}), got ${refreshAheadSeconds}, so tokens would expire between two checks; use ${refreshCheckIntervalSeconds} or more`,
    );
  }
  if (providerTimeoutExpiryLeewayFactor < 1) {
    throw new ExplainedError(
      `providerTimeoutExpiryLeewayFactor must be at least 1, got ${providerTimeoutExpiryLeewayFactor}, and the plugin refuses less; use 1`,
    );
  }
  return {
    // Policies bind a credential to its integration by parameter `server`, so a request without it must have no default.
    default_server: '',
    tune_provider_timeout_seconds: tuning.providerTimeoutSeconds,
    tune_provider_timeout_expiry_leeway_factor: providerTimeoutExpiryLeewayFactor,
    tune_refresh_check_interval_seconds: refreshCheckIntervalSeconds,
    // The plugin refreshes a token that has less than interval x factor to live.
    tune_refresh_expiry_delta_factor:
      refreshCheckIntervalSeconds === 0 ? 1 : refreshAheadSeconds / refreshCheckIntervalSeconds,
    ...NO_REAPING,
  };
}

/** The same of a deployment, as stack `webex-tokens` writes it. */
export function declaredConfiguration({ engine }: Pick<Deployment, 'engine'>): Record<string, unknown> {
  return engineConfiguration(engine.tuning);
}
