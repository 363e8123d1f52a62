import { explainedBy, ExplainedError, UsageError, VaultResponseError, VaultUnreachableError } from '#core';
import { graceSignal } from '../../vault/grace-signal';
import { initReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';

export interface KeyOptions {
  /** Number of shares that the key is split into. */
  readonly shares: number;
  /** Number of shares that are needed. */
  readonly threshold: number;
  /** PGP public keys in base64, one for each share. @default - the shares are not encrypted */
  readonly pgpKeys?: readonly string[];
}

/** @throws UsageError if a key cannot be split like that */
export function checkKeyOptions({ shares, threshold, pgpKeys }: KeyOptions): void {
  if (threshold > shares) {
    throw new UsageError(
      `the threshold must not be above the number of shares, got ${threshold} of ${shares}; no one could ever unseal`,
    );
  }
  if (threshold === 1 && shares > 1) {
    throw new UsageError(
      `a threshold of 1 needs one share only, got ${shares}: each of them would be the whole key; use a threshold of 2 or more`,
    );
  }
  if (shares > 255) {
    throw new UsageError(`a key has at most 255 shares, got ${shares}; use fewer`);
  }
  if (pgpKeys !== undefined && pgpKeys.length !== shares) {
    throw new UsageError(`each share needs its PGP key, got ${pgpKeys.length} for ${shares}; give ${shares}`);
  }
}

/** Whether there is a key yet, and whether its shares are those of a recovery key because of an auto-unseal seal. */
export async function initStatus(client: VaultClient): Promise<{ initialized: boolean; hasRecoveryKey: boolean }> {
  const { initialized, recovery_seal: hasRecoveryKey } = await client.sealStatus();
  return { initialized, hasRecoveryKey };
}

/**
 * Initializes the server, and does nothing else. Vault returns the key once.
 *
 * @param signal ends the wait some seconds later, because the answer contains the key
 * @returns shares of the unseal key, or of the recovery key
 */
export async function initialize(
  client: VaultClient,
  { shares, threshold, pgpKeys }: KeyOptions,
  recovery: boolean,
  signal?: AbortSignal,
): Promise<{ shares: string[]; rootToken: string }> {
  const prefix = recovery ? 'recovery' : 'secret';
  const request = {
    [`${prefix}_shares`]: shares,
    [`${prefix}_threshold`]: threshold,
    ...(pgpKeys === undefined ? {} : { [recovery ? 'recovery_pgp_keys' : 'pgp_keys']: pgpKeys }),
  };
  try {
    const patient = client.withNamespace(undefined).endedBy(graceSignal(signal));
    const reply = await patient.write('sys/init', request, initReply);
    return {
      shares: recovery ? (reply.recovery_keys_base64 ?? []) : reply.keys_base64,
      rootToken: reply.root_token,
    };
  } catch (error) {
    const unanswered = signal?.aborted ? `interrupted before ${client.address} had answered` : howLost(error);
    if (unanswered !== undefined) {
      throw new ExplainedError(
        `${unanswered}; if it is initialized now, which "init" says, its key is lost and it holds nothing: delete its data, then initialize it again`,
      );
    }
    if (error instanceof VaultResponseError) {
      const advice = error.isTransient
        ? "try again later, and if it stays so, see the server's log"
        : 'correct that first';
      throw explainedBy(
        error,
        `${client.address} could not be initialized (${error.statusCode}: ${error.said || 'no message'}); ${advice}`,
      );
    }
    throw error;
  }
}

/** @returns undefined if nothing was done */
function howLost(error: unknown): string | undefined {
  if (error instanceof VaultUnreachableError && error.mayHaveArrived) {
    return `the answer of ${error.address} to its initialization was lost (${error.networkCode})`;
  }
  // An answer without a message comes from a load balancer.
  return error instanceof VaultResponseError && error.mayHaveArrived && error.said === ''
    ? `the server did not answer its initialization in time (${error.statusCode})`
    : undefined;
}
