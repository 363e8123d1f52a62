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
 * A read may ask for a token that lives for a given time. If that time is longer than any token lives, the engine refreshes
 * the token and then refuses the read. The next read shows the refresh as another expiry. Within a day, Webex may issue
 * the same token again. Its expiry still differs by fractions of a second.
 */

/** More credentials would prove no more, and each may take as long as the engine waits for Webex. */
const AT_MOST = 3;

/**
 * - `proven`: a credential was refreshed
 * - `refused`: Webex refused the integration
 * - `later`: Webex gave no answer about it
 * - `none`: there is no grant that works
 */
export interface RefreshProof {
  readonly state: 'proven' | 'refused' | 'later' | 'none';
  /** Credential whose refresh was tried. */
  readonly credential?: string;
  /** Why the refresh failed. */
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
        `this Vault token may not have "${name}" refreshed: it lacks parameter "minimum_seconds" on ${mountPath}/creds/${name}; use a token with the authorizer's policy, and deploy webex-tokens if that lacks it too`,
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
  // The engine reports the refusal of each secret. A secret without an answer of Webex may be valid.
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
    // Its token has expired, and Webex did not answer. If it was Vault that did not answer, the next request fails.
    if (error instanceof TemporarilyUnavailable) {
      return { why: describeError(error) };
    }
    throw error;
  }
}
