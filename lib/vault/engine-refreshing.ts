import { engineMissing, VaultResponseError } from '#core';
import { engineConfiguration, engineConfigReply, type EngineConfiguration } from './replies';
import type { VaultClient } from './vault-client';

/** What the plugin does where its configuration was never written. @see pkg/persistence/config.go of the plugin */
const PLUGIN_DEFAULTS = {
  tune_refresh_check_interval_seconds: 60,
  tune_provider_timeout_seconds: 30,
  tune_provider_timeout_expiry_leeway_factor: 1.5,
};

/** What the engine does by itself to keep its tokens fresh, as it is configured in Vault now. */
export interface EngineRefreshing {
  /** How often it looks for tokens to refresh; 0: never, as while it is paused. */
  readonly checkIntervalSeconds: number;
  /** How long one refresh may wait for Webex. @default - no end */
  readonly longestRefreshSeconds?: number;
  /** All its fields, to be written back whole. @default - none was ever written, and the plugin's own defaults hold */
  readonly configuration?: EngineConfiguration;
}

/**
 * Reads `<mountPath>/config`, which a provisioner may.
 *
 * @throws NotDeployed where no engine is mounted there, VaultResponseError
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

/** What a declared configuration means. @throws z.ZodError where it is none */
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

/** Whether the engine refreshes nothing by itself although it is declared to. */
export function isPaused(
  { checkIntervalSeconds }: EngineRefreshing,
  { refreshCheckIntervalSeconds }: { readonly refreshCheckIntervalSeconds: number },
): boolean {
  return checkIntervalSeconds === 0 && refreshCheckIntervalSeconds > 0;
}
