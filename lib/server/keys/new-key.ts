import { readFile } from 'node:fs/promises';
import { errorCode, explainedBy, ExplainedError, UsageError, VaultResponseError, VaultUnreachableError } from '#core';
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

/** First bytes of a binary public key, in the old and the new packet format. */
const PUBLIC_KEY_PACKETS = [0x98, 0x99, 0x9a, 0xc6];

export function checkKeyOptions({ shares, threshold, pgpKeys }: KeyOptions): void {
  if (threshold > shares) {
    throw new UsageError(
      `the threshold must not exceed the number of shares, got ${threshold} of ${shares}; use a lower threshold or more shares`,
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

/** A binary PGP public key from a file, in base64. */
export async function readPgpKey(file: string): Promise<string> {
  let key: Buffer;
  try {
    key = await readFile(file);
  } catch (error) {
    throw new ExplainedError(`the PGP key ${file} cannot be read (${errorCode(error)}); check the path`);
  }
  if (!PUBLIC_KEY_PACKETS.includes(key[0] ?? 0)) {
    const got = key.toString('latin1').startsWith('-----BEGIN PGP') ? 'an armored one' : 'something else';
    throw new ExplainedError(
      `${file} must be a PGP public key in binary form, got ${got}; export it with "gpg --export KEY_ID > key.pgp"`,
    );
  }
  return key.toString('base64');
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
        `${unanswered}. If it is initialized now ("init" tells), its key is lost and it holds nothing: delete its data, then try again`,
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
