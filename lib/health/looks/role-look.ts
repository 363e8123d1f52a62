import { commandLine, VaultResponseError } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { OPERATORS_MOUNT } from '../../declaration/schema/app-declaration';
import type { App, Deployment } from '../../declaration/schema/deployment';
import { loginOf, rolePath } from '../../declaration/derived/logins';
import { secretIdLookupReply } from '../../vault/replies';
import { undefinedIfMissing, type VaultClient } from '../../vault/vault-client';
import { lookAtIdentity } from './identity-look';
import type { Observations, SecretIdLife } from './observations';
import { endsSoon } from './thresholds';
import { describeDay } from '../relative-time';
import { lineOf, type SecretIdLine } from '../report';
import { lineOrRefusal } from './vault-refusal';

/*
 * Logins of apps and operators. An operator logs in by a secret id. An app logs in by a secret id or by an identity of
 * its own. Only its holder knows a secret id, so a look uses the accessors. Vault does not warn before a secret id expires.
 */

export interface RoleLookOptions {
  /** Client that is logged in as the observer. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  /** Observations of earlier looks. This look adds its own. */
  readonly observations: Observations;
  readonly now: Date;
}

/** A look as the observer. @throws VaultUnreachableError */
export async function lookAtApp({ deployment, ...look }: RoleLookOptions, app: App): Promise<SecretIdLine> {
  const { name } = app;
  const login = loginOf(deployment, app);
  const path = rolePath(deployment, app);
  const line =
    login.type === 'approle'
      ? await lookAtSecretIds({ ...look, name, rolePath: path, renewal: commandLine('issue', name) })
      : await lookAtIdentity(look.vault, name, login, path);
  return line ?? lineOf(name, 'none', 'broken', 'Vault has no role for it', deployCommand());
}

/** Path in Vault of the role that `init` writes for an operator. */
export function operatorRolePath(name: string): string {
  return `auth/${OPERATORS_MOUNT}/role/${name}`;
}

export interface SecretIdLook extends Omit<RoleLookOptions, 'deployment'> {
  readonly name: string;
  /** Path of the role, such as `auth/approle/role/people-me`. */
  readonly rolePath: string;
  /** Command that issues another secret id. */
  readonly renewal: string;
}

/** @returns undefined if there is no such role, as on a server that somebody else runs; @throws VaultUnreachableError */
export async function lookAtSecretIds(look: SecretIdLook): Promise<SecretIdLine | undefined> {
  const { name, renewal, now } = look;
  return lineOrRefusal({ name, what: 'its secret ids' }, async () => {
    const lives = await livesOf(look);
    if (lives === undefined) {
      return undefined;
    }
    const last = lives.toSorted((one, other) => endOf(one) - endOf(other)).at(-1);
    if (last === undefined) {
      return lineOf(name, 'none', 'attention', 'it has no secret id, so nothing can log in as it', renewal);
    }
    const { expireTime } = last;
    if (expireTime === null) {
      return { ...lineOf(name, 'good', 'healthy', 'its secret id never expires'), expireTime };
    }
    const leftMs = expireTime.getTime() - now.getTime();
    const until = describeDay(expireTime, now);
    if (leftMs <= 0) {
      return { ...lineOf(name, 'expired', 'broken', `its secret id expired on ${until}`, renewal), expireTime };
    }
    const detail = `its secret id expires on ${until}`;
    const line = endsSoon(leftMs, lifeMsOf(last))
      ? lineOf(name, 'expires soon', 'attention', detail, renewal)
      : lineOf(name, 'good', 'healthy', detail);
    return { ...line, expireTime };
  });
}

function endOf({ expireTime }: SecretIdLife): number {
  return expireTime?.getTime() ?? Infinity;
}

function lifeMsOf(life: SecretIdLife): number {
  return endOf(life) - life.createdAt.getTime();
}

/** @returns undefined if there is no such role */
async function livesOf({ vault, rolePath, observations, now }: SecretIdLook): Promise<SecretIdLife[] | undefined> {
  const accessors = await vault.list(`${rolePath}/secret-id`).catch((error: unknown) => {
    // Vault answers 404 to a role without secret ids, and 400 or 404 to a missing role.
    if (error instanceof VaultResponseError && (error.statusCode === 404 || error.said.includes('does not exist'))) {
      return [];
    }
    throw error;
  });
  if (accessors.length === 0 && (await vault.read(rolePath).catch(undefinedIfMissing)) === undefined) {
    return undefined;
  }
  const noted = observations.secretIds(rolePath);
  const found = await Promise.all(
    accessors.map(async (accessor) => {
      const known = noted.get(accessor);
      // The expiry of a secret id never changes. Close to it, Vault's clock decides.
      const isGood = known !== undefined && !endsSoon(endOf(known) - now.getTime(), lifeMsOf(known));
      return [accessor, isGood ? known : await lifeOf(vault, rolePath, accessor)] as const;
    }),
  );
  const lives = found.filter((each): each is [string, SecretIdLife] => each[1] !== undefined);
  observations.noteSecretIds(rolePath, new Map(lives));
  return lives.map(([, life]) => life);
}

/** @returns undefined if the secret id is gone since the list */
async function lifeOf(vault: VaultClient, rolePath: string, accessor: string): Promise<SecretIdLife | undefined> {
  try {
    const request = { secret_id_accessor: accessor };
    const found = await vault.write(`${rolePath}/secret-id-accessor/lookup`, request, secretIdLookupReply);
    if (found === undefined) {
      return undefined;
    }
    const { creation_time: createdAt, expiration_time: expireTime } = found.data;
    // Go's zero time, in the year 1, means no expiry.
    return { createdAt, expireTime: expireTime > createdAt ? expireTime : null };
  } catch (error) {
    if (error instanceof VaultResponseError && error.statusCode !== 403 && !error.isTransient) {
      return undefined;
    }
    throw error;
  }
}
