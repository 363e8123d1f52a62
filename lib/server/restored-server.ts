import { ExplainedError, ourCommand, VaultResponseError } from 'webex-token-client/core';
import type { KeyOptions } from './initialisation';
import { activeSince, hurried, unseal, waitUntilActive } from './unsealing';
import type { VaultClient } from '../vault/vault-client';

const POLL_MS = 500;

/** What has to be known of a snapshot that a server was sent. */
export interface SentSnapshot {
  /** Since when the server was active before, if it was. */
  readonly activeBefore: string | undefined;
  /** Whether it may be of another server, whose leader it then names until this one has taken over. */
  readonly foreign: boolean;
  /** How the unseal key of the snapshot is split. @default - a seal opens the server */
  readonly key?: KeyOptions;
  /** How the unseal key was split whose place it takes. @default - the server knows no other one */
  readonly replaced?: KeyOptions;
}

export interface UnsealingOptions {
  /** Of the server that the snapshot came from. @default - others unseal it */
  readonly keyShares?: AsyncIterable<string>;
  /** How long others have to unseal it. */
  readonly unsealTimeoutMs: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until the server is active with what the snapshot held: it answers before it restores, takes some seconds for
 * it, and may end up sealed.
 *
 * @throws ExplainedError where the time is up, or the key shares do not unseal it
 */
export async function untilRestored(
  client: VaultClient,
  { activeBefore, foreign, key, replaced }: SentSnapshot,
  { keyShares, unsealTimeoutMs, report, signal }: UnsealingOptions,
): Promise<void> {
  const deadline = Date.now() + unsealTimeoutMs;
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (!told.has(line)) {
      report(line);
      told.add(line);
    }
  };
  while (Date.now() < deadline) {
    if (await waitUntilActive(client, { timeoutMs: POLL_MS, before: activeBefore, itself: foreign, signal })) {
      return;
    }
    if (!(await isSealed(client, signal))) {
      continue;
    }
    tell('it is sealed now, and needs the key that it had when the backup was made');
    if (key === undefined) {
      tell('give it the seal of that time');
      continue;
    }
    const { n: shares, t: threshold } = await client.sealStatus();
    const counted = { shares, threshold };
    if (replaced !== undefined && isSplitAlike(counted, replaced) && !isSplitAlike(counted, key)) {
      tell('it still counts the shares of its key before: restart it now, to make it forget that');
    } else if (keyShares === undefined) {
      tell(`run "${ourCommand('unseal')}" with the shares of that key`);
    } else {
      await unsealRestored(client, keyShares, counted, signal);
    }
  }
  throw new ExplainedError(
    `the snapshot was sent, but ${client.address} is not unsealed and active after ${unsealTimeoutMs / 1000} s; run "${ourCommand('unseal')}" with the key shares that belong to the snapshot, and see the server's log`,
  );
}

function isSplitAlike(one: KeyOptions, other: KeyOptions): boolean {
  return one.shares === other.shares && one.threshold === other.threshold;
}

/** Asks for the leader: a server that is asked for its seal while it restores goes on reporting the one before. */
export async function isSealed(client: VaultClient, signal?: AbortSignal): Promise<boolean> {
  try {
    await activeSince(hurried(client, signal));
    return false;
  } catch (error) {
    // No answer at all, as during a restart, is not taken for sealed.
    return error instanceof VaultResponseError && error.statusCode === 503;
  }
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
          `the snapshot is restored, but ${error.message}; restart the server first where its key is not split into ${shares} shares, ${threshold} of them needed`,
        )
      : error;
  }
}
