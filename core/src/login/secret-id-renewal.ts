import { errorCode } from '../explained-error';
import { describeExpiry } from '../duration';
import { dataOf, dateOf, numberOf, textOf } from '../http/json';
import { describeError } from '../safe-text';
import type { SecretIdFile } from './secret-id-file';
import type { VaultConnection } from '../vault/vault-connection';
import { VaultResponseError, whatVaultSaid } from '../vault/vault-errors';
import { commandLine } from '../command/command-line';

export interface SecretIdRenewal {
  /** Path of the AppRole, such as `auth/approle/role/people-me`. */
  readonly rolePath: string;
  /** The secret id in the file, used for the login. */
  readonly secretId: string;
  readonly file: SecretIdFile;
}

/** Result of a look at a secret id. */
export interface SecretIdOutlook {
  /** Reason why it could not be renewed. @default - it was renewed, or no renewal was due */
  readonly warning?: string;
  /** Wait before the next look. @default - the next login, because it does not expire or is unknown */
  readonly lookAgainMs?: number;
}

/** The limit is short, because a caller waits for the access token. */
const TIMEOUT_MS = 5000;

/**
 * Looks up the secret id of an app. If less than a third of its life is left, it writes a new one to the file.
 *
 * The old secret id is left to expire, because copies of the file may be in use. If two programs renew at the same time,
 * both new secret ids are valid, and the file keeps one of them.
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
    // The same content is written first. A program with an unwritable file would otherwise issue a secret id in each run.
    if (!(await written(file, secretId, secretId))) {
      return { lookAgainMs: known.lifeMs / RETRIES };
    }
    const issued = await write(vault, `${rolePath}/secret-id`, {}, issuedSecretId);
    await written(file, secretId, issued.secretId);
    return { lookAgainMs: issued.lifeMs * (2 / 3) };
  } catch (error) {
    const until = known === undefined ? '' : `, which expires on ${describeExpiry(known.expireTime)},`;
    return {
      warning: `the secret id in ${file.path}${until} cannot be renewed: ${explain(error, renewal)}`,
      lookAgainMs: known && known.lifeMs / RETRIES,
    };
  }
}

/** Looks in the life of a secret id. Ten of them are in its last third, so an outage of some days does no harm. */
const RETRIES = 30;

interface Lifetime {
  readonly expireTime: Date;
  readonly lifeMs: number;
}

/** The error if the file cannot take a new secret id. */
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

/** @returns undefined if the secret id does not expire, or does not exist any more */
async function lookUp(vault: VaultConnection, { rolePath, secretId }: SecretIdRenewal): Promise<Lifetime | undefined> {
  return write(vault, `${rolePath}/secret-id/lookup`, { secret_id: secretId }, (reply) => {
    if (reply === undefined) {
      return undefined;
    }
    const { creation_time, expiration_time } = dataOf(reply);
    const expireTime = dateOf(expiration_time);
    // The mount may allow less than secret_id_ttl. Go's zero time, in the year 1, means that it does not expire.
    const lifeMs = expireTime.getTime() - dateOf(creation_time).getTime();
    return lifeMs > 0 ? { expireTime, lifeMs } : undefined;
  });
}

function issuedSecretId(reply: unknown): { secretId: string; lifeMs: number } {
  const data = dataOf(reply);
  return { secretId: textOf(data.secret_id), lifeMs: numberOf(data.secret_id_ttl) * 1000 };
}

function write<T>(vault: VaultConnection, path: string, data: object, parse: (reply: unknown) => T): Promise<T> {
  return vault.json('PUT', path, parse, { body: JSON.stringify(data), timeoutMs: TIMEOUT_MS });
}

function explain(error: unknown, { rolePath, secretId }: SecretIdRenewal): string {
  if (error instanceof UnwritableFile) {
    return `${error.message}, or have a new one issued in time: ${commandLine('issue', 'APP')}`;
  }
  if (error instanceof VaultResponseError && error.statusCode === 403) {
    return `this app may not (403 at ${rolePath}); declare it with renewsSecretId and deploy, or leave VAULT_RENEW_SECRET_ID (renewSecretId) out`;
  }
  if (error instanceof VaultResponseError) {
    return `Vault answered ${error.statusCode} (${whatVaultSaid(error, [secretId]) || 'no message'}); it is tried again`;
  }
  return `${describeError(error)}; it is tried again`;
}
