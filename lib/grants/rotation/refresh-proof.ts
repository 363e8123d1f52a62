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
 * Whether the engine can refresh a grant with the secrets that it has now.
 *
 * A read may say for how long it needs the token. For longer than any lives, the engine refreshes it whatever it has,
 * and then refuses the read alone. The refresh shows in the next one: there is another expiry, by fractions of a second
 * where Webex gave out the same token again, as it does within a day.
 */

/** More would prove no more, and each may take until the engine gives Webex up. */
const AT_MOST = 3;

/**
 * - `proven`: a credential was refreshed
 * - `refused`: Webex refused the integration
 * - `later`: Webex did not answer to it
 * - `none`: there is no grant that works, so none can tell
 */
export interface RefreshProof {
  readonly state: 'proven' | 'refused' | 'later' | 'none';
  /** The credential that was refreshed, or was to be. */
  readonly credential?: string;
  /** Why not. */
  readonly why?: string;
}

/**
 * The credentials that have a grant to refresh.
 *
 * @param names of credentials of the integration
 * @throws NotPermitted where they cannot be read, VaultUnreachableError and its kin
 */
export async function refreshable(vault: VaultClient, mountPath: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const reading = await look(vault, mountPath, name);
    if (reading !== 'gone') {
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
  // Of several secrets the engine tells how each was refused; one that Webex gave no answer to may be good.
  const attempts = why.split(/(?:^|\s)\* /).slice(1);
  const isRefused = (attempts.length > 0 ? attempts : [why]).every((said) => whatWebexRefused(said) === 'client');
  return { state: isRefused ? 'refused' : 'later', credential: name, why };
}

function isAnother(after: CredentialReading, before: CredentialReading | undefined): boolean {
  return after.accessToken !== before?.accessToken || after.expireTime?.getTime() !== before.expireTime?.getTime();
}

interface Look {
  readonly reading?: CredentialReading;
  /** What the engine says of its last refresh, where that failed. */
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
    // Its token has expired, and Webex did not answer; where Vault is what does not, the next request says so.
    if (error instanceof TemporarilyUnavailable) {
      return { why: describeError(error) };
    }
    throw error;
  }
}
