import { VaultResponseError } from '#core';
import { loginReply, tokenReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { revokeSelf } from '../keys/root-token';
import { hurried } from '../keys/unsealing';

/** Longer than the longest wait for a restored server. */
const CHILD_TTL = '24h';

/**
 * A token that tells whether a server has restored a snapshot: the server accepted it before, and refuses it afterwards.
 * OpenBao takes over anew after a restore. Vault restores in place, so a refused token is the only sign of it.
 *
 * @see https://github.com/hashicorp/vault/blob/v1.21.4/vault/logical_system_raft.go
 */
export class RestoreMarker {
  private constructor(
    private readonly holder: VaultClient,
    /** Whether the snapshot cannot contain it. A server that accepts such a token has not restored the snapshot. */
    readonly isYounger: boolean,
    /** Time from which a refusal proves nothing. */
    private readonly expiresAtMs: number,
  ) {}

  /** @param holder with a token that was made after the snapshot, such as the root token of the key shares */
  static young(holder: VaultClient): RestoreMarker {
    return new RestoreMarker(holder, true, Number.POSITIVE_INFINITY);
  }

  /** A child of the token that restores, or the token itself, which may be in the snapshot. @returns undefined for neither */
  static async of(parent: VaultClient): Promise<RestoreMarker | undefined> {
    const ttlSeconds = await lookedUp(parent);
    if (ttlSeconds === undefined) {
      return undefined;
    }
    // A child expires with its parent.
    const ofParentMs = ttlSeconds === 0 ? Number.POSITIVE_INFINITY : Date.now() + ttlSeconds * 1000;
    try {
      const request = { ttl: CHILD_TTL, policies: ['default'], renewable: false, display_name: 'restore' };
      const { auth } = await parent.write('auth/token/create', request, loginReply);
      const child = parent.withToken(auth.client_token);
      const ofChildMs = Date.now() + auth.lease_duration * 1000;
      if ((await lookedUp(child)) !== undefined) {
        return new RestoreMarker(child, true, Math.min(ofParentMs, ofChildMs));
      }
      await revokeSelf(child);
    } catch (error) {
      if (!(error instanceof VaultResponseError)) {
        throw error;
      }
    }
    return new RestoreMarker(parent, false, ofParentMs);
  }

  /** @returns whether the server knows the token; undefined if that is unknown now */
  async isKnown(signal?: AbortSignal): Promise<boolean | undefined> {
    try {
      await hurried(this.holder, signal).read('auth/token/lookup-self', tokenReply);
      return true;
    } catch (error) {
      const isRefused = error instanceof VaultResponseError && error.statusCode === 403;
      return isRefused && Date.now() < this.expiresAtMs ? false : undefined;
    }
  }

  /** Revokes a token that was made as a marker. After a restore, the server does not know it any more. */
  async revoke(): Promise<void> {
    if (this.isYounger) {
      await revokeSelf(this.holder).catch(() => undefined);
    }
  }
}

/** @returns seconds until the token expires, 0 if it never does; undefined if it may not look itself up */
async function lookedUp(holder: VaultClient): Promise<number | undefined> {
  try {
    return (await holder.read('auth/token/lookup-self', tokenReply)).data.ttl;
  } catch (error) {
    if (error instanceof VaultResponseError) {
      return undefined;
    }
    throw error;
  }
}
