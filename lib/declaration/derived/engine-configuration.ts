import type { EngineTuning } from '../schema/engine-declaration';

/**
 * Turns reaping off, because only a person can replace a grant that the engine deletes. The interval turns it off. The other
 * values are the plugin's defaults: a plan would report omitted fields as changes.
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

/** All fields of `<mountPath>/config`. The plugin resets an omitted field to its default, and by default it reaps. */
export function declaredConfiguration({ engine }: { readonly engine: { readonly tuning: EngineTuning } }) {
  const { refreshCheckIntervalSeconds, refreshAheadSeconds, ...tuning } = engine.tuning;
  return {
    // Policies bind a credential to its integration by parameter `server`. A default would replace a missing parameter.
    default_server: '',
    tune_provider_timeout_seconds: tuning.providerTimeoutSeconds,
    tune_provider_timeout_expiry_leeway_factor: tuning.providerTimeoutExpiryLeewayFactor,
    tune_refresh_check_interval_seconds: refreshCheckIntervalSeconds,
    // The plugin refreshes a token whose remaining lifetime is less than interval x factor.
    tune_refresh_expiry_delta_factor:
      refreshCheckIntervalSeconds === 0 ? 1 : refreshAheadSeconds / refreshCheckIntervalSeconds,
    ...NO_REAPING,
  };
}

/** Vault itself aborts each request after 90 s. */
const VAULT_MS = 90_000;

export interface ProviderTimeout {
  readonly tuning: Pick<EngineTuning, 'providerTimeoutSeconds' | 'providerTimeoutExpiryLeewayFactor'>;
}

/** Longest wait for an answer of the engine. It may wait for a refresh of the same credential first, and then for Webex. */
export function engineWaitMs({ tuning }: ProviderTimeout): number {
  const { providerTimeoutSeconds, providerTimeoutExpiryLeewayFactor } = tuning;
  const twoRefreshesMs = 2 * providerTimeoutSeconds * providerTimeoutExpiryLeewayFactor * 1000;
  return providerTimeoutSeconds === 0 ? VAULT_MS : Math.min(VAULT_MS, twoRefreshesMs);
}
