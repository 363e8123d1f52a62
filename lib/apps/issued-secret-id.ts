import { declaringFile } from '../declaration/deployment-file';
import {
  commandLine,
  ExplainedError,
  explainOutage,
  NotPermitted,
  VaultResponseError,
  VaultUnreachableError,
} from '#core';
import { findApp } from '../declaration/derived/by-name';
import type { App, Deployment } from '../declaration/schema/deployment';
import { rolePath } from '../declaration/derived/logins';
import { roleIdReply, secretIdLookupReply } from '../vault/replies';
import { type VaultClient } from '../vault/vault-client';

/*
 * The secret id of an app, on its way from the operator to the app. It is wrapped, so nobody between the two can read it
 * unnoticed.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 */

/** Data for the first login of an app. */
export interface WrappedSecretId {
  /** Not a secret. */
  readonly roleId: string;
  /** Allows one unwrapping. */
  readonly wrappingToken: string;
  /** When the wrapping token expires. The secret id is then lost. */
  readonly wrappingExpireTime: Date;
  /** Not a secret. Looks the secret id up, or destroys it. @default - the server does not return it */
  readonly secretIdAccessor?: string;
  /** @default - the secret id never expires, or this token may not ask */
  readonly lifetime?: SecretIdLifetime;
}

export interface SecretIdLifetime {
  readonly expireTime: Date;
  /** May be less than declared, because no secret id outlives the longest lease of its mount. */
  readonly ttlSeconds: number;
}

/**
 * Issues a secret id of an app that logs in by AppRole.
 *
 * @param wrapTtlSeconds how long the app may take to fetch it, at most as long as it is valid
 * @throws ExplainedError if the app is unknown, not deployed, deployed with other limits, or this token may not issue
 */
export async function issueSecretId(
  vault: VaultClient,
  deployment: Deployment,
  appName: string,
  wrapTtlSeconds: number,
): Promise<WrappedSecretId> {
  const app = findApp(deployment, appName);
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
    throw error instanceof VaultResponseError ? explainRefusal(error, vault.address, role, app) : error;
  }
}

/** Looks the lifetime up by the accessor, because the secret id is wrapped. */
async function lookUp(vault: VaultClient, role: string, accessor = ''): Promise<SecretIdLifetime | undefined> {
  const request = { secret_id_accessor: accessor };
  try {
    const found = await vault.write(`${role}/secret-id-accessor/lookup`, request, secretIdLookupReply);
    if (found === undefined) {
      return undefined;
    }
    const { creation_time: issueTime, expiration_time: expireTime } = found.data;
    const ttlSeconds = Math.round((expireTime.getTime() - issueTime.getTime()) / 1000);
    // Go's zero time, in the year 1, means that it never expires.
    return ttlSeconds > 0 ? { expireTime, ttlSeconds } : undefined;
  } catch (error) {
    // The secret id is issued already. This token may not look it up, or the server no longer answers.
    if (error instanceof VaultResponseError || error instanceof VaultUnreachableError) {
      return undefined;
    }
    throw error;
  }
}

/** Limits of this secret id. Vault refuses them if the role is stricter, and applies them if it is less strict. */
function limitsOf({ secretIdTtlSeconds, secretIdUses, boundCidrs }: App): object {
  return { ttl: secretIdTtlSeconds, num_uses: secretIdUses, cidr_list: boundCidrs, token_bound_cidrs: boundCidrs };
}

function explainRefusal(error: VaultResponseError, address: string, role: string, app: App): ExplainedError {
  const { statusCode, said } = error;
  if (error.isTransient) {
    return explainOutage(error, address, `issue a secret id of app "${app.name}"`);
  }
  if (statusCode === 404) {
    return new ExplainedError(`Vault has no AppRole ${role}; deploy stack webex-tokens, then issue again`);
  }
  if (statusCode === 403) {
    return new NotPermitted(
      `this Vault token may not issue secret ids of app "${app.name}": it is invalid, or lacks "read" on ${role}/role-id and "update" on ${role}/secret-id; use a token with the issuer's policy`,
    );
  }
  if (/cannot be (longer|higher) than the role|subset relationship/.test(said)) {
    return new ExplainedError(
      `AppRole ${role} is stricter than app "${app.name}" in ${declaringFile()} (${said}); deploy stack webex-tokens, then issue again`,
    );
  }
  return new ExplainedError(
    `Vault issued no secret id of app "${app.name}" (${statusCode}: ${said || 'no message'}); look for the cause: ${commandLine('doctor')}`,
  );
}
