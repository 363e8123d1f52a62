import type { Deployment } from '../schema/deployment';

/** Vault itself ends each request after 90 s. */
const VAULT_MS = 90_000;

export interface ProviderTimeout {
  readonly tuning: Pick<Deployment['engine']['tuning'], 'providerTimeoutSeconds' | 'providerTimeoutExpiryLeewayFactor'>;
}

/** How long the engine may take to answer: it waits for Webex, and before that for its own refresh of the same credential. */
export function engineWaitMs({ tuning }: ProviderTimeout): number {
  const { providerTimeoutSeconds, providerTimeoutExpiryLeewayFactor } = tuning;
  const twoRefreshesMs = 2 * providerTimeoutSeconds * providerTimeoutExpiryLeewayFactor * 1000;
  return providerTimeoutSeconds === 0 ? VAULT_MS : Math.min(VAULT_MS, twoRefreshesMs);
}
