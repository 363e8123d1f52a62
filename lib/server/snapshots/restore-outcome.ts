import { setTimeout as delay } from 'node:timers/promises';
import { ExplainedError, commandLine, VaultResponseError } from '#core';
import type { VaultClient } from '../../vault/vault-client';
import type { KeyOptions } from '../keys/new-key';
import type { RestoreMarker } from './restore-marker';
import { activeSince, hurried, waitUntilActive } from '../keys/unsealing';

const POLL_MS = 500;

/** Servers restore a snapshot within seconds of taking it. */
export const RESTORE_MS = 20_000;

/** A snapshot that a server was sent, and the signs by which its restore is seen. */
export interface SentSnapshot {
  /** Since when the server was active before, if it was. */
  readonly activeBefore: string | undefined;
  /** Whether it may be of another server, whose leader it then names until this one has taken over. */
  readonly foreign: boolean;
  /** How the unseal key of the snapshot is split. @default - a seal opens the server */
  readonly key?: KeyOptions;
  /** How the unseal key was split whose place it takes. @default - the server knows no other one */
  readonly replaced?: KeyOptions;
  /** @default - none: the restore is seen where the server takes over anew, as OpenBao does */
  readonly marker?: RestoreMarker;
}

/**
 * State of a server that was sent a snapshot. A sealed server holds it under another key, or has failed to restore it.
 * An unchanged server holds what it held before.
 */
export type RestoreOutcome = 'restored' | 'sealed' | 'unchanged' | 'unknown';

/**
 * The outcome of a restore whose wait has ended, whatever ended it.
 *
 * @param client without a signal that has been aborted
 * @param waitMs how long the server may still be restoring
 */
export async function restoreOutcome(
  client: VaultClient,
  sent: SentSnapshot,
  waitMs = RESTORE_MS,
): Promise<RestoreOutcome> {
  const deadline = Date.now() + waitMs;
  do {
    if (await isRestored(client, sent)) {
      return 'restored';
    }
    if (await isSealed(client)) {
      return 'sealed';
    }
  } while (Date.now() < deadline);
  return sent.marker?.isYounger === true && (await sent.marker.isKnown()) === true ? 'unchanged' : 'unknown';
}

/** Whether the server is active with what the snapshot held. The answer "no" takes a moment. */
export async function isRestored(
  client: VaultClient,
  { activeBefore, foreign, marker }: SentSnapshot,
  signal?: AbortSignal,
): Promise<boolean> {
  const wait = { timeoutMs: POLL_MS, itself: foreign, signal };
  if (marker?.isYounger !== true && (await waitUntilActive(client, { ...wait, before: activeBefore }))) {
    return true;
  }
  // The token is shown to this server alone, and not to the leader that a snapshot of another server names.
  if (marker !== undefined && (await waitUntilActive(client, wait)) && (await marker.isKnown(signal)) === false) {
    return true;
  }
  await delay(POLL_MS, undefined, { signal });
  return false;
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

export interface UnfinishedRestore {
  readonly address: string;
  readonly file: string;
  /** Cause of the end, such as "interrupted". */
  readonly problem: string;
  /** Whether the server got all of the snapshot, as far as is known here. */
  readonly isWhole: boolean;
  /** Whether the server was initialized for the snapshot, with a key that nobody knows. */
  readonly isNew: boolean;
  /** Whether a token shows what the server has made of the snapshot. */
  readonly isShown: boolean;
}

const look = (): string => `run "${commandLine('status')}" to see which grants it holds`;

/** Error of a restore that did not come to its end. It says whether the data is back, and the next step. */
export function unfinishedRestore(outcome: RestoreOutcome, context: UnfinishedRestore): ExplainedError {
  const { address, file, problem, isWhole, isNew, isShown } = context;
  switch (outcome) {
    case 'restored':
      return new ExplainedError(
        `${problem}; the data is back: ${address} has restored ${file} and is active; ${look()}`,
      );
    case 'sealed':
      return new ExplainedError(
        `${problem}; ${address} has taken ${file} and is sealed; run "${commandLine('unseal')}" with the key shares that belong to the snapshot, and see the server's log if they do not unseal it`,
      );
    case 'unchanged': {
      const held = isNew ? withoutKey(address) : `${address} holds what it held before`;
      return new ExplainedError(
        isWhole
          ? `${problem}; the data is not back yet: ${held}, and may still restore ${file}; ${look()}, and see the server's log`
          : `${problem}; nothing was restored: ${held}`,
      );
    }
    case 'unknown': {
      const why = isShown ? 'as no answer came' : 'as VAULT_TOKEN may make no child token, which would show it';
      const key = isNew ? `; if it holds none, ${withoutKey(address)}` : '';
      return new ExplainedError(
        `${problem}; ${file} was sent, and whether ${address} has restored it cannot be told, ${why}; ${look()}${key}`,
      );
    }
  }
}

/** Description of an empty server that was initialized for a snapshot. */
export function withoutKey(address: string): string {
  return `the server at ${address} has a key that nobody knows, and nothing else: delete its data before you try again`;
}
