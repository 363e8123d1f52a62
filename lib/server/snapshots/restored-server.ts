import { ExplainedError, commandLine } from '#core';
import type { VaultClient } from '../../vault/vault-client';
import type { KeyOptions } from '../keys/new-key';
import {
  isRestored,
  isSealed,
  RESTORE_MS,
  restoreOutcome,
  type RestoreOutcome,
  type SentSnapshot,
} from './restore-outcome';
import { unseal } from '../keys/unsealing';

export interface UnsealingOptions {
  /** Key shares of the snapshot's server. @default - others unseal it */
  readonly keyShares?: AsyncIterable<string>;
  /** Time for others to unseal it. */
  readonly unsealTimeoutMs: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until the server is active with the data of the snapshot. It may be sealed by then.
 *
 * @returns another outcome than `restored` if the time is up
 */
export async function untilRestored(
  client: VaultClient,
  sent: SentSnapshot,
  { keyShares, unsealTimeoutMs, report, signal }: UnsealingOptions,
): Promise<RestoreOutcome> {
  const { key, replaced } = sent;
  const deadline = Date.now() + (await longestWaitMs(client, sent, unsealTimeoutMs));
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (!told.has(line)) {
      report(line);
      told.add(line);
    }
  };
  while (Date.now() < deadline) {
    if (await isRestored(client, sent, signal)) {
      return 'restored';
    }
    if (!(await isSealed(client, signal))) {
      continue;
    }
    tell('the server is sealed now, and needs the key that it had when the backup was made');
    if (key === undefined) {
      tell('configure it with the seal that it had then, and restart it');
      continue;
    }
    const { n: shares, t: threshold } = await client.sealStatus();
    const counted = { shares, threshold };
    if (replaced !== undefined && isSplitAlike(counted, replaced) && !isSplitAlike(counted, key)) {
      tell('it still expects the shares of its previous key; restart it now');
    } else if (keyShares === undefined) {
      tell(`run "${commandLine('unseal')}" with the shares of that key`);
    } else {
      await unsealRestored(client, keyShares, counted, signal);
    }
  }
  return restoreOutcome(client, sent, 0);
}

/** Only a refused token shows a restore of a Vault that keeps its key. Without a token, the wait is short. */
async function longestWaitMs(client: VaultClient, sent: SentSnapshot, unsealTimeoutMs: number): Promise<number> {
  if (sent.foreign || sent.marker?.isYounger === true) {
    return unsealTimeoutMs;
  }
  const health = await client.health().catch(() => undefined);
  return health?.product === 'vault' ? Math.min(RESTORE_MS, unsealTimeoutMs) : unsealTimeoutMs;
}

function isSplitAlike(one: KeyOptions, other: KeyOptions): boolean {
  return one.shares === other.shares && one.threshold === other.threshold;
}

async function unsealRestored(
  client: VaultClient,
  keyShares: AsyncIterable<string>,
  { shares, threshold }: KeyOptions,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await unseal(client, keyShares, { signal });
  } catch (error) {
    throw error instanceof ExplainedError
      ? new ExplainedError(
          `the snapshot is restored, but ${error.message}. If its key is not split into ${shares} shares with a threshold of ${threshold}, restart the server first`,
        )
      : error;
  }
}
