import { setTimeout as delay } from 'node:timers/promises';
import { ExplainedError, commandLine, VaultResponseError } from '#core';
import type { VaultClient } from '../../vault/vault-client';
import type { KeyOptions } from '../keys/new-key';
import type { RestoreMarker } from './restore-marker';
import { activeSince, hurried, waitUntilActive } from '../keys/unsealing';

const POLL_MS = 500;

/** Limit of a restore, which takes servers a few seconds. */
export const RESTORE_MS = 20_000;

/** A snapshot that was sent to a server, and the signs of its restore. */
export interface SentSnapshot {
  /** Start of the server's term before the restore. */
  readonly activeBefore: string | undefined;
  /** Whether it may be of another server. This server then names the other's leader until it has taken over itself. */
  readonly foreign: boolean;
  /** Split of the snapshot's unseal key. @default - a seal opens the server */
  readonly key?: KeyOptions;
  /** Split of the unseal key that it replaces. @default - the server has no other key */
  readonly replaced?: KeyOptions;
  /** @default - none: a new term of the server shows the restore, as on OpenBao */
  readonly marker?: RestoreMarker;
}

/**
 * State of a server after a snapshot was sent. A sealed server holds the snapshot under another key, or failed to restore it.
 * An unchanged server holds its earlier data.
 */
export type RestoreOutcome = 'restored' | 'sealed' | 'unchanged' | 'unknown';

/** Outcome after the wait has ended. @param client without an aborted signal @param waitMs rest of a running restore */
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

/** Whether the server is active with the data of the snapshot. The answer "no" takes a moment. */
export async function isRestored(
  client: VaultClient,
  { activeBefore, foreign, marker }: SentSnapshot,
  signal?: AbortSignal,
): Promise<boolean> {
  const wait = { timeoutMs: POLL_MS, itself: foreign, signal };
  if (marker?.isYounger !== true && (await waitUntilActive(client, { ...wait, before: activeBefore }))) {
    return true;
  }
  // Only this server may see the token, not the leader that a snapshot of another server names.
  if (marker !== undefined && (await waitUntilActive(client, wait)) && (await marker.isKnown(signal)) === false) {
    return true;
  }
  await delay(POLL_MS, undefined, { signal });
  return false;
}

/** Asks for the leader, because a server that is asked for its seal during a restore still reports the earlier one. */
export async function isSealed(client: VaultClient, signal?: AbortSignal): Promise<boolean> {
  try {
    await activeSince(hurried(client, signal));
    return false;
  } catch (error) {
    // A missing answer, as during a restart, does not mean sealed.
    return error instanceof VaultResponseError && error.statusCode === 503;
  }
}

export interface UnfinishedRestore {
  readonly address: string;
  readonly file: string;
  /** Cause of the end, such as "interrupted". */
  readonly problem: string;
  /** Whether the server received the whole snapshot, as far as is known here. */
  readonly isWhole: boolean;
  /** Whether the server was initialized for the snapshot, with a key that nobody knows. */
  readonly isNew: boolean;
  /** Whether a token shows the outcome. */
  readonly isShown: boolean;
}

/** Error of an unfinished restore. It says whether the data is back, and the next step. */
export function unfinishedRestore(outcome: RestoreOutcome, context: UnfinishedRestore): ExplainedError {
  return new ExplainedError(`${context.problem}; ${describe(outcome, context)}`);
}

function describe(outcome: RestoreOutcome, { address, file, isWhole, isNew, isShown }: UnfinishedRestore): string {
  const look = `run "${commandLine('status')}" to see which grants it holds`;
  switch (outcome) {
    case 'restored':
      return `the data is back: ${address} has restored ${file} and is active; ${look}`;
    case 'sealed':
      return `${address} has taken ${file} and is sealed; run "${commandLine('unseal')}" with the key shares that belong to the snapshot, and see the server's log if they do not unseal it`;
    case 'unchanged': {
      const held = isNew ? withoutKey(address) : `${address} holds what it held before`;
      return isWhole
        ? `the data is not back yet: ${held}, and may still restore ${file}; ${look}, and see the server's log`
        : `nothing was restored: ${held}${isNew ? '' : '; run it again'}`;
    }
    case 'unknown': {
      const why = isShown
        ? 'because no answer came'
        : 'because VAULT_TOKEN may not create a child token, which would show it';
      const key = isNew ? `; if it holds none, ${withoutKey(address)}` : '';
      return `${file} was sent, but nobody knows whether ${address} has restored it, ${why}; ${look}${key}`;
    }
  }
}

export function withoutKey(address: string): string {
  return `the server at ${address} has a key that nobody knows, and nothing else: delete its data before you try again`;
}
