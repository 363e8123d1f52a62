import { engineMissing, VaultResponseError } from '#core';
import { z } from 'zod';
import type { VaultClient } from './vault-client';

/** What the plugin does where its configuration was never written. @see pkg/persistence/config.go of the plugin */
const PLUGIN_DEFAULTS = {
  tune_refresh_check_interval_seconds: 60,
  tune_provider_timeout_seconds: 30,
  tune_provider_timeout_expiry_leeway_factor: 1.5,
};

const configuration = z.looseObject({
  tune_refresh_check_interval_seconds: z.number(),
  tune_provider_timeout_seconds: z.number(),
  tune_provider_timeout_expiry_leeway_factor: z.number(),
});

const configReply = z.object({ data: configuration });

/** What the engine does by itself to keep its tokens fresh, as it is configured in Vault now. */
export interface EngineRefreshing {
  /** How often it looks for tokens to refresh; 0: never, as while it is paused. */
  readonly checkIntervalSeconds: number;
  /** How long one refresh may wait for Webex. @default - no end */
  readonly longestRefreshSeconds?: number;
  /** All its fields, to be written back whole. @default - none was ever written, and the plugin's own defaults hold */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/**
 * Reads `<mountPath>/config`, which a provisioner may.
 *
 * @throws NotDeployed where no engine is mounted there, VaultResponseError
 */
export async function readRefreshing(vault: VaultClient, mountPath: string): Promise<EngineRefreshing> {
  const reply = await vault.read(`${mountPath}/config`, configReply).catch((error: unknown) => {
    if (!(error instanceof VaultResponseError && error.statusCode === 404)) {
      throw error;
    }
    if (error.said !== '') {
      throw engineMissing(mountPath, error.said);
    }
    return undefined;
  });
  return reply === undefined
    ? { ...refreshingOf(PLUGIN_DEFAULTS), configuration: undefined }
    : refreshingOf(reply.data);
}

/** What a configuration means, as it is written. @throws z.ZodError where it is none */
export function refreshingOf(fields: Readonly<Record<string, unknown>>): EngineRefreshing {
  const known = configuration.parse(fields);
  const timeoutSeconds = known.tune_provider_timeout_seconds;
  return {
    checkIntervalSeconds: known.tune_refresh_check_interval_seconds,
    longestRefreshSeconds:
      timeoutSeconds === 0 ? undefined : timeoutSeconds * known.tune_provider_timeout_expiry_leeway_factor,
    configuration: known,
  };
}

/** Whether the engine refreshes nothing by itself although it is declared to. */
export function isPaused(
  { checkIntervalSeconds }: EngineRefreshing,
  { refreshCheckIntervalSeconds }: { readonly refreshCheckIntervalSeconds: number },
): boolean {
  return checkIntervalSeconds === 0 && refreshCheckIntervalSeconds > 0;
}
