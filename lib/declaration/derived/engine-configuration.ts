import { ExplainedError } from '#core';
import type { z } from 'zod';
import type { Deployment } from '../schema/deployment';
import type { engineSettings } from '../schema/engine-declaration';

/** The plugin's own limits. @see pkg/backend/path_config.go of the plugin */
const MAX_REFRESH_CHECK_INTERVAL_SECONDS = 90 * 24 * 3600;
const MAX_REAP_CHECK_INTERVAL_SECONDS = 180 * 24 * 3600;

/**
 * What is written to `<mountPath>/config`. Whole: the plugin puts every field that is left out back to its own default,
 * and that one reaps.
 *
 * @throws ExplainedError where the plugin would refuse or misunderstand it
 */
export function engineConfiguration(settings: z.output<typeof engineSettings>): Record<string, unknown> {
  const {
    refreshCheckIntervalSeconds,
    refreshAheadSeconds,
    reapCheckIntervalSeconds,
    providerTimeoutExpiryLeewayFactor,
  } = settings;
  atMost('refreshCheckIntervalSeconds', refreshCheckIntervalSeconds, MAX_REFRESH_CHECK_INTERVAL_SECONDS);
  atMost('reapCheckIntervalSeconds', reapCheckIntervalSeconds, MAX_REAP_CHECK_INTERVAL_SECONDS);
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
    tune_provider_timeout_seconds: settings.providerTimeoutSeconds,
    tune_provider_timeout_expiry_leeway_factor: providerTimeoutExpiryLeewayFactor,
    tune_refresh_check_interval_seconds: refreshCheckIntervalSeconds,
    // The plugin refreshes a token that has less than interval x factor to live.
    tune_refresh_expiry_delta_factor:
      refreshCheckIntervalSeconds === 0 ? 1 : refreshAheadSeconds / refreshCheckIntervalSeconds,
    tune_reap_check_interval_seconds: reapCheckIntervalSeconds,
    tune_reap_dry_run: settings.reapDryRun,
    tune_reap_non_refreshable_seconds: settings.reapNonRefreshableSeconds,
    tune_reap_revoked_seconds: settings.reapRevokedSeconds,
    tune_reap_transient_error_attempts: settings.reapTransientErrorAttempts,
    tune_reap_transient_error_seconds: settings.reapTransientErrorSeconds,
    tune_reap_server_deleted_seconds: settings.reapServerDeletedSeconds,
  };
}

/** The same of a deployment, as stack `webex-tokens` writes it. */
export function declaredConfiguration(deployment: Deployment): Record<string, unknown> {
  return engineConfiguration(deployment.engine);
}

function atMost(prop: string, value: number, limit: number): void {
  if (value > limit) {
    throw new ExplainedError(
      `${prop} must be at most ${limit} (${limit / 86400} days), got ${value}; use ${limit} or less`,
    );
  }
}
