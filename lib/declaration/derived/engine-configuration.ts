import type { EngineTuning } from '../schema/engine-declaration';

/**
 * No reaping: only a person can give a grant again that the engine deletes. The interval turns it off. The other values are
 * the plugin's defaults, because a plan would report a change of omitted fields.
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

/** All fields of `<mountPath>/config`. The plugin resets an omitted field to its own default, and its default is to reap. */
export function declaredConfiguration({ engine }: { readonly engine: { readonly tuning: EngineTuning } }) {
  const { refreshCheckIntervalSeconds, refreshAheadSeconds, ...tuning } = engine.tuning;
  return {
    // Policies bind a credential to its integration by parameter `server`, so a request without it must have no default.
    default_server: '',
    tune_provider_timeout_seconds: tuning.providerTimeoutSeconds,
    tune_provider_timeout_expiry_leeway_factor: tuning.providerTimeoutExpiryLeewayFactor,
    tune_refresh_check_interval_seconds: refreshCheckIntervalSeconds,
    // The plugin refreshes a token that has less than interval x factor to live.
    tune_refresh_expiry_delta_factor:
      refreshCheckIntervalSeconds === 0 ? 1 : refreshAheadSeconds / refreshCheckIntervalSeconds,
    ...NO_REAPING,
  };
}

/** Vault itself ends each request after 90 s. */
const VAULT_MS = 90_000;

export interface ProviderTimeout {
  readonly tuning: Pick<EngineTuning, 'providerTimeoutSeconds' | 'providerTimeoutExpiryLeewayFactor'>;
}

/** Longest wait for an answer of the engine: it waits for Webex, and before that for its own refresh of the same credential. */
export function engineWaitMs({ tuning }: ProviderTimeout): number {
  const { providerTimeoutSeconds, providerTimeoutExpiryLeewayFactor } = tuning;
  const twoRefreshesMs = 2 * providerTimeoutSeconds * providerTimeoutExpiryLeewayFactor * 1000;
  return providerTimeoutSeconds === 0 ? VAULT_MS : Math.min(VAULT_MS, twoRefreshesMs);
}
