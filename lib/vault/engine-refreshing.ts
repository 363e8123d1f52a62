import { engineMissing, VaultResponseError } from '#core';
import { engineConfiguration, engineConfigReply, type EngineConfiguration } from './replies';
import type { VaultClient } from './vault-client';

/** Defaults of the plugin, without a written configuration. @see pkg/persistence/config.go of the plugin */
const PLUGIN_DEFAULTS = {
  tune_refresh_check_interval_seconds: 60,
  tune_provider_timeout_seconds: 30,
  tune_provider_timeout_expiry_leeway_factor: 1.5,
};

/** Background refreshing of the engine, as configured in Vault. */
export interface EngineRefreshing {
  /** Interval of the checks for tokens to refresh; 0 if refreshing is off or paused. */
  readonly checkIntervalSeconds: number;
  /** Longest wait of one refresh for Webex. @default - no limit */
  readonly longestRefreshSeconds?: number;
  /** All fields, to be written back. @default - no field was ever written, so the plugin's defaults apply */
  readonly configuration?: EngineConfiguration;
}

/**
 * Reads `<mountPath>/config`. A provisioner has this right.
 *
 * @throws NotDeployed if no engine is mounted there, VaultResponseError
 */
export async function readRefreshing(vault: VaultClient, mountPath: string): Promise<EngineRefreshing> {
  try {
    const { data } = await vault.read(`${mountPath}/config`, engineConfigReply);
    return { ...pace(data), configuration: data };
  } catch (error) {
    if (!(error instanceof VaultResponseError && error.statusCode === 404)) {
      throw error;
    }
    if (error.said !== '') {
      throw engineMissing(mountPath, error.said);
    }
    return pace(PLUGIN_DEFAULTS);
  }
}

/** Refreshing by a declared configuration. @throws z.ZodError if it is not a configuration */
export function refreshingOf(declared: Readonly<Record<string, unknown>>): EngineRefreshing {
  return pace(engineConfiguration.parse(declared));
}

function pace({
  tune_refresh_check_interval_seconds: checkIntervalSeconds,
  tune_provider_timeout_seconds: timeoutSeconds,
  tune_provider_timeout_expiry_leeway_factor: factor,
}: Pick<EngineConfiguration, keyof typeof PLUGIN_DEFAULTS>): EngineRefreshing {
  return { checkIntervalSeconds, longestRefreshSeconds: timeoutSeconds === 0 ? undefined : timeoutSeconds * factor };
}

/** Whether the engine does no periodic refresh although the deployment declares one. */
export function isPaused(
  { checkIntervalSeconds }: EngineRefreshing,
  { refreshCheckIntervalSeconds }: { readonly refreshCheckIntervalSeconds: number },
): boolean {
  return checkIntervalSeconds === 0 && refreshCheckIntervalSeconds > 0;
}
