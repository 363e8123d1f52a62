import { VaultResponseError } from '#core';
import { secretIdLookupReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { endsSoon } from './thresholds';
import { describeDay } from '../relative-time';
import type { SecretIdLine } from '../report';
import { describeRefusal } from './vault-refusal';

/*
 * The secret ids of an AppRole, by their accessors: nobody but their holder sees them, and Vault warns of no end.
 */

export interface SecretIdLook {
  /** Logged in as the observer. */
  readonly vault: VaultClient;
  /** Of the app or the operator. */
  readonly name: string;
  /** Such as `auth/approle/role/people-me`. */
  readonly rolePath: string;
  /** The command that makes another one. */
  readonly renewal: string;
  readonly now: Date;
}

/** @returns undefined where there is no such role; @throws VaultUnreachableError */
export async function lookAtSecretIds(look: SecretIdLook): Promise<SecretIdLine | undefined> {
  const { vault, rolePath, name, renewal, now } = look;
  const line = (part: Omit<SecretIdLine, 'name' | 'notes'>): SecretIdLine => ({ name, notes: [], ...part });
  try {
    const lives = await livesOf(vault, rolePath);
    const last = lives.reduce<Life | undefined>((best, life) => (endOf(life) > endOf(best) ? life : best), undefined);
    if (last === undefined) {
      return line({
        state: 'none',
        severity: 'attention',
        detail: 'it has no secret id, so nothing can log in as it',
        next: renewal,
      });
    }
    if (last.expireTime === null) {
      return line({ state: 'good', severity: 'healthy', detail: 'its secret id never ends', expireTime: null });
    }
    const leftMs = last.expireTime.getTime() - now.getTime();
    const until = describeDay(last.expireTime, now);
    const { expireTime } = last;
    if (leftMs <= 0) {
      return line({
        state: 'ended',
        severity: 'broken',
        detail: `its secret id ended on ${until}`,
        next: renewal,
        expireTime,
      });
    }
    return endsSoon(leftMs, last.lifeMs)
      ? line({
          state: 'ends soon',
          severity: 'attention',
          detail: `its secret id ends on ${until}`,
          next: renewal,
          expireTime,
        })
      : line({ state: 'good', severity: 'healthy', detail: `its secret id ends on ${until}`, expireTime });
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    if (error.statusCode === 404 || (error.statusCode === 400 && error.said.includes('does not exist'))) {
      return undefined;
    }
    const why = describeRefusal(error);
    return line({ state: 'unknown', severity: 'attention', detail: `its secret ids cannot be looked at (${why})` });
  }
}

interface Life {
  /** null: never. */
  readonly expireTime: Date | null;
  readonly lifeMs: number;
}

function endOf(life: Life | undefined): number {
  return life === undefined ? -Infinity : (life.expireTime?.getTime() ?? Infinity);
}

async function livesOf(vault: VaultClient, rolePath: string): Promise<Life[]> {
  const accessors = await vault.list(`${rolePath}/secret-id`).catch(async (error: unknown) => {
    // Vault says 404 both to a role without secret ids and to one that is not there.
    if (error instanceof VaultResponseError && error.statusCode === 404) {
      await vault.read(rolePath);
      return [];
    }
    throw error;
  });
  const found = await Promise.all(accessors.map((accessor) => lifeOf(vault, rolePath, accessor)));
  return found.filter((life) => life !== undefined);
}

/** @returns undefined where it has ended since it was listed */
async function lifeOf(vault: VaultClient, rolePath: string, accessor: string): Promise<Life | undefined> {
  try {
    const request = { secret_id_accessor: accessor };
    const found = await vault.write(`${rolePath}/secret-id-accessor/lookup`, request, secretIdLookupReply);
    if (found === undefined) {
      return undefined;
    }
    const { data } = found;
    const lifeMs = data.expiration_time.getTime() - data.creation_time.getTime();
    // A zero of Go's, of the year 1, is no end.
    return lifeMs > 0 ? { expireTime: data.expiration_time, lifeMs } : { expireTime: null, lifeMs: Infinity };
  } catch (error) {
    if (error instanceof VaultResponseError && error.statusCode !== 403 && !error.isTransient) {
      return undefined;
    }
    throw error;
  }
}
