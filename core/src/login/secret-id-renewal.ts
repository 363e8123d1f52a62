import { errorCode } from '../explained-error';
import { describeExpiry } from '../vault/expiry';
import { dateOf, fieldsOf, numberOf, textOf } from '../http/json';
import { describeError } from '../safe-text';
import type { SecretIdFile } from './secret-id-file';
import type { VaultConnection } from '../vault/vault-connection';
import { VaultResponseError, whatVaultSaid } from '../vault/vault-errors';
import { commandLine } from '../command/command-line';

export interface SecretIdRenewal {
  /** Path of the AppRole, such as `auth/approle/role/people-me`. */
  readonly rolePath: string;
  /** The one in the file, with which it was logged in. */
  readonly secretId: string;
  readonly file: SecretIdFile;
}

/** What came of looking at a secret id. */
export interface SecretIdOutlook {
  /** Why it could not be renewed. @default - it was, or need not be */
  readonly warning?: string;
  /** When to look at it again. @default - it has no end, or nothing is known of it: at the next login */
  readonly lookAgainMs?: number;
}

/** Somebody waits for the access token meanwhile. */
const TIMEOUT_MS = 5000;

/**
 * Looks an app's secret id up and, where less than a third of its life is left, writes a new one to its file.
 *
 * The old one is left to expire: copies of the file may be in use elsewhere. Two programs that do this at the same time
 * both have a secret id that is good, and the file keeps one of them.
 *
 * @param vault logged in as the app, which must be declared with `renewsSecretId`
 */
export async function renewSecretId(vault: VaultConnection, renewal: SecretIdRenewal): Promise<SecretIdOutlook> {
  const { rolePath, secretId, file } = renewal;
  let known: Lifetime | undefined;
  try {
    known = await lookUp(vault, renewal);
    const leftMs = known === undefined ? 0 : known.expireTime.getTime() - Date.now();
    const thirdMs = (known?.lifeMs ?? 0) / 3;
    if (known === undefined || leftMs >= thirdMs) {
      return known === undefined ? {} : { lookAgainMs: leftMs - thirdMs };
    }
    // With what it holds: a secret id that cannot be kept must not be issued, by a program that is run every minute.
    if (!(await written(file, secretId, secretId))) {
      return { lookAgainMs: known.lifeMs / RETRIES };
    }
    const issued = await write(vault, `${rolePath}/secret-id`, {}, issuedSecretId);
    await written(file, secretId, issued.secretId);
    return { lookAgainMs: issued.lifeMs * (2 / 3) };
  } catch (error) {
    const until = known === undefined ? '' : `, which ends on ${describeExpiry(known.expireTime)},`;
    return {
      warning: `the secret id in ${file.path}${until} cannot be renewed: ${explain(error, renewal)}`,
      lookAgainMs: known && known.lifeMs / RETRIES,
    };
  }
}

/** In the last third of a life, so that an outage of some days does no harm. */
const RETRIES = 30;

interface Lifetime {
  readonly expireTime: Date;
  readonly lifeMs: number;
}

/** The file cannot take a new secret id. */
class UnwritableFile extends Error {}

async function written(file: SecretIdFile, secretId: string, next: string): Promise<boolean> {
  try {
    return await file.replace(secretId, next);
  } catch (error) {
    const code = errorCode(error);
    throw new UnwritableFile(
      code === 'EBUSY'
        ? 'the file is a mount of its own, which nothing can replace (EBUSY); mount the folder that it is in instead'
        : `the file cannot be replaced (${code}); let this program write in its folder and own the file`,
    );
  }
}

/** @returns undefined where it has no end, or is gone already */
async function lookUp(vault: VaultConnection, { rolePath, secretId }: SecretIdRenewal): Promise<Lifetime | undefined> {
  return write(vault, `${rolePath}/secret-id/lookup`, { secret_id: secretId }, (reply) => {
    if (reply === undefined) {
      return undefined;
    }
    const { creation_time, expiration_time } = fieldsOf(fieldsOf(reply).data);
    const expireTime = dateOf(expiration_time);
    // Not secret_id_ttl: the mount may allow less than was asked for. A zero of Go's, of the year 1, is no end.
    const lifeMs = expireTime.getTime() - dateOf(creation_time).getTime();
    return lifeMs > 0 ? { expireTime, lifeMs } : undefined;
  });
}

function issuedSecretId(reply: unknown): { secretId: string; lifeMs: number } {
  const data = fieldsOf(fieldsOf(reply).data);
  return { secretId: textOf(data.secret_id), lifeMs: numberOf(data.secret_id_ttl) * 1000 };
}

function write<T>(vault: VaultConnection, path: string, data: object, parse: (reply: unknown) => T): Promise<T> {
  return vault.json('PUT', path, parse, { body: JSON.stringify(data), timeoutMs: TIMEOUT_MS });
}

function explain(error: unknown, { rolePath, secretId }: SecretIdRenewal): string {
  if (error instanceof UnwritableFile) {
    return `${error.message}, or have a new one issued in time: ${commandLine('issue')}`;
  }
  if (error instanceof VaultResponseError && error.statusCode === 403) {
    return `this app may not (403 at ${rolePath}); declare it with renewsSecretId and deploy, or leave VAULT_RENEW_SECRET_ID (renewSecretId) out`;
  }
  if (error instanceof VaultResponseError) {
    return `Vault answered ${error.statusCode} (${whatVaultSaid(error, [secretId]) || 'no message'}); it is tried again`;
  }
  return `${describeError(error)}; it is tried again`;
}
