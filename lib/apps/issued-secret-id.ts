import { declaringFile } from '../declaration/deployment-file';
import {
  ExplainedError,
  explainOutage,
  NotPermitted,
  commandLine,
  UsageError,
  VaultResponseError,
  VaultUnreachableError,
} from '#core';
import { findApp } from '../declaration/derived/by-name';
import type { App, Deployment } from '../declaration/schema/deployment';
import { loginOf } from '../declaration/derived/logins';
import { nameInVault } from '../declaration/schema/vault-name';
import { roleIdReply, secretIdLookupReply } from '../vault/replies';
import { type VaultClient } from '../vault/vault-client';

/*
 * The secret id of an app, on its way from the operator to the app: wrapped, so that nobody between the two can read
 * it unnoticed.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 */

/** What an app needs for its first login. */
export interface WrappedSecretId {
  /** Not a secret. */
  readonly roleId: string;
  /** Good for one unwrapping, by whoever holds it. */
  readonly wrappingToken: string;
  /** When the wrapping token expires, and with it the way to the secret id. */
  readonly wrappingExpireTime: Date;
  /** Not a secret: names the secret id, to look it up or to destroy it. @default - the server does not tell it */
  readonly secretIdAccessor?: string;
  /** As Vault has it. @default - it never ends, or this token may not ask */
  readonly lifetime?: SecretIdLifetime;
}

export interface SecretIdLifetime {
  readonly expireTime: Date;
  /** May be less than declared: no secret id outlives the longest lease of its mount. */
  readonly ttlSeconds: number;
}

/**
 * @param wrapTtlSeconds how long the app has to fetch it; never longer than it is good
 * @throws ExplainedError where the app is unknown, not deployed, deployed with other limits, or this token may not issue
 */
export async function issueSecretId(
  vault: VaultClient,
  deployment: Deployment,
  appName: string,
  wrapTtlSeconds: number,
): Promise<WrappedSecretId> {
  const app = findApp(deployment, appName);
  const { type } = loginOf(deployment, app);
  if (type !== 'approle') {
    throw new UsageError(
      `app "${appName}" logs in by ${type}, with what it has already, so there is no secret id to issue; "${commandLine('issue', appName)}" prints what its environment needs`,
    );
  }
  const role = rolePath(deployment, app);
  try {
    const { data } = await vault.read(`${role}/role-id`, roleIdReply);
    const longest = app.secretIdTtlSeconds === 0 ? wrapTtlSeconds : Math.min(wrapTtlSeconds, app.secretIdTtlSeconds);
    const wrapped = await vault.writeWrapped(`${role}/secret-id`, limitsOf(app), longest);
    return {
      roleId: data.role_id,
      wrappingToken: wrapped.token,
      wrappingExpireTime: wrapped.expireTime,
      secretIdAccessor: wrapped.wrappedAccessor,
      lifetime: await lookUp(vault, role, wrapped.wrappedAccessor),
    };
  } catch (error) {
    throw error instanceof VaultResponseError ? explainRefusal(error, vault, deployment, app) : error;
  }
}

/** By its accessor, as nobody here sees the secret id. */
async function lookUp(vault: VaultClient, role: string, accessor = ''): Promise<SecretIdLifetime | undefined> {
  const request = { secret_id_accessor: accessor };
  try {
    const found = await vault.write(`${role}/secret-id-accessor/lookup`, request, secretIdLookupReply);
    if (found === undefined) {
      return undefined;
    }
    const { creation_time: issueTime, expiration_time: expireTime } = found.data;
    const ttlSeconds = Math.round((expireTime.getTime() - issueTime.getTime()) / 1000);
    // Go's zero time, in the year 1, is no end.
    return ttlSeconds > 0 ? { expireTime, ttlSeconds } : undefined;
  } catch (error) {
    // It is issued already: by a token that may do that and no more, or by a server that is gone now.
    if (error instanceof VaultResponseError || error instanceof VaultUnreachableError) {
      return undefined;
    }
    throw error;
  }
}

/** Where Vault has the AppRole of an app. */
export function rolePath({ appRole }: Pick<Deployment, 'appRole'>, app: App): string {
  return `auth/${appRole.path}/role/${nameInVault(app)}`;
}

/** Sent although the role has limits too: Vault refuses where those are stricter, and applies these where they are laxer. */
function limitsOf({ secretIdTtlSeconds, secretIdUses, boundCidrs }: App): object {
  return {
    ttl: secretIdTtlSeconds,
    num_uses: secretIdUses,
    cidr_list: boundCidrs,
    token_bound_cidrs: boundCidrs,
  };
}

function explainRefusal(
  error: VaultResponseError,
  vault: VaultClient,
  deployment: Deployment,
  app: App,
): ExplainedError {
  const { statusCode, said } = error;
  const role = rolePath(deployment, app);
  if (error.isTransient) {
    return explainOutage(error, vault.address, `issue a secret id of app "${app.name}"`);
  }
  if (statusCode === 404) {
    return new ExplainedError(`Vault has no AppRole ${role}; deploy stack webex-tokens, then issue again`);
  }
  if (statusCode === 403) {
    return new NotPermitted(
      `this Vault token may not issue secret ids of app "${app.name}": it is not valid, or its policies lack "read" on ${role}/role-id and "update" on ${role}/secret-id; use one that has them`,
    );
  }
  if (/cannot be (longer|higher) than the role|subset relationship/.test(said)) {
    return new ExplainedError(
      `AppRole ${role} is stricter than app "${app.name}" in ${declaringFile()} (${said}); deploy stack webex-tokens, then issue again`,
    );
  }
  return new ExplainedError(`Vault issued no secret id of app "${app.name}" (${statusCode}: ${said || 'no message'})`);
}
