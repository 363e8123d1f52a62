import {
  LONGEST_LIFE_SECONDS,
  AuthorizationPending,
  type CredentialReading,
  describeError,
  IntegrationRefused,
  NotAuthorizedYet,
  NotPermitted,
  readCredential,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultResponseError,
  whatWebexRefused,
} from '#core';
import type { VaultClient } from '../../vault/vault-client';

/*
 * Proof that the engine can refresh a grant with the secrets that it has now.
 *
 * A read may say for how long it needs the token. For longer than any token lives, the engine refreshes it in any case, and
 * then refuses the read. The refresh shows in the next read as another expiry. That also holds if Webex gave out the same
 * token again, as it does within a day, because the expiry then differs by fractions of a second.
 */

/** More credentials would prove no more, and each may take until the engine's time for Webex is over. */
const AT_MOST = 3;

/**
 * - `proven`: a credential was refreshed
 * - `refused`: Webex refused the integration
 * - `later`: Webex gave no answer about it
 * - `none`: there is no grant that works
 */
export interface RefreshProof {
  readonly state: 'proven' | 'refused' | 'later' | 'none';
  /** Credential that was refreshed, or was to be. */
  readonly credential?: string;
  /** Why it was not. */
  readonly why?: string;
}

/**
 * @returns the credentials that have a grant to refresh
 * @throws NotPermitted if they cannot be read; VaultUnreachableError and its kin
 */
export async function refreshable(vault: VaultClient, mountPath: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    if ((await look(vault, mountPath, name)) !== 'gone') {
      found.push(name);
    }
  }
  return found;
}

/** Has one of these credentials refreshed. */
export async function proveByRefresh(
  vault: VaultClient,
  mountPath: string,
  names: readonly string[],
): Promise<RefreshProof> {
  let undecided: RefreshProof = { state: 'none' };
  for (const name of names.slice(0, AT_MOST)) {
    const proof = await refresh(vault, mountPath, name);
    if (proof.state === 'proven' || proof.state === 'refused') {
      return proof;
    }
    undecided = proof.state === 'later' ? proof : undecided;
  }
  return undecided;
}

async function refresh(vault: VaultClient, mountPath: string, name: string): Promise<RefreshProof> {
  const before = await look(vault, mountPath, name);
  if (before === 'gone') {
    return { state: 'none' };
  }
  const path = `${mountPath}/creds/${encodeURIComponent(name)}?minimum_seconds=${LONGEST_LIFE_SECONDS}`;
  await vault.read(path).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode === 403) {
      throw new NotPermitted(
        `this Vault token may not have "${name}" refreshed: its policies lack parameter "minimum_seconds" on ${mountPath}/creds/${name}, which the authorizer's has once webex-tokens is deployed`,
      );
    }
    if (!(error instanceof VaultResponseError && error.statusCode === 400)) {
      throw error;
    }
  });
  const after = await look(vault, mountPath, name);
  if (after === 'gone') {
    return { state: 'none' };
  }
  if (after.reading !== undefined && isAnother(after.reading, before.reading)) {
    return { state: 'proven', credential: name };
  }
  const why = after.why ?? 'the engine did not refresh it';
  if (whatWebexRefused(why) === 'grant') {
    return { state: 'none' };
  }
  // The engine tells how each of several secrets was refused. One without an answer of Webex may be valid.
  const attempts = why.split(/(?:^|\s)\* /).slice(1);
  const isRefused = (attempts.length > 0 ? attempts : [why]).every((said) => whatWebexRefused(said) === 'client');
  return { state: isRefused ? 'refused' : 'later', credential: name, why };
}

function isAnother(after: CredentialReading, before: CredentialReading | undefined): boolean {
  return after.accessToken !== before?.accessToken || after.expireTime?.getTime() !== before.expireTime?.getTime();
}

interface Look {
  readonly reading?: CredentialReading;
  /** The engine's words about its last refresh, if that failed. */
  readonly why?: string;
}

async function look(vault: VaultClient, mountPath: string, name: string): Promise<Look | 'gone'> {
  try {
    const reading = await readCredential(vault.connection, mountPath, name);
    return { reading, why: reading.warnings[0] };
  } catch (error) {
    if ([AuthorizationPending, NotAuthorizedYet, ReauthorizationRequired].some((kind) => error instanceof kind)) {
      return 'gone';
    }
    if (error instanceof IntegrationRefused) {
      return { why: error.said };
    }
    // Its token has expired, and Webex did not answer. If Vault did not answer, the next request says so.
    if (error instanceof TemporarilyUnavailable) {
      return { why: describeError(error) };
    }
    throw error;
  }
}
