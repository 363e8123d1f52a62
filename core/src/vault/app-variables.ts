import { type AllowRule, parseAllowRule } from '../allow-rule';
import { ExplainedError } from '../explained-error';
import type { AppRoleLoginOptions } from '../login/app-role-login';
import { switchedOn, vaultVariable } from './vault-environment';

/** Returns the mount of the engine, from the environment. */
export function engineMount(env: NodeJS.ProcessEnv = process.env): string {
  return mountOf(env.OAUTHAPP_MOUNT) || 'oauthapp';
}

/**
 * Returns the AppRole of the environment.
 *
 * @returns undefined if the environment has neither a role id nor a secret id
 * @throws ExplainedError if the environment is incomplete or ambiguous
 */
export function appRoleFromEnvironment(env: NodeJS.ProcessEnv = process.env): AppRoleLoginOptions | undefined {
  const roleId = vaultVariable('ROLE_ID', env);
  const sources = {
    secretId: vaultVariable('SECRET_ID', env),
    secretIdFile: vaultVariable('SECRET_ID_FILE', env),
    wrappingToken: vaultVariable('WRAPPED_SECRET_ID', env),
  };
  const given = Object.values(sources).filter((source) => source !== undefined).length;
  if (roleId === undefined && given === 0) {
    return undefined;
  }
  if (roleId === undefined) {
    throw new ExplainedError(
      'there is a secret id but no role id; set VAULT_ROLE_ID, or unset VAULT_SECRET_ID, VAULT_SECRET_ID_FILE and VAULT_WRAPPED_SECRET_ID',
    );
  }
  if (given !== 1) {
    throw new ExplainedError(
      `${given === 0 ? 'none' : 'more than one'} of VAULT_SECRET_ID, VAULT_SECRET_ID_FILE and VAULT_WRAPPED_SECRET_ID is set; set exactly one of them`,
    );
  }
  const renewSecretId = switchedOn('RENEW_SECRET_ID', env);
  if (renewSecretId && sources.secretIdFile === undefined) {
    throw new ExplainedError(
      'VAULT_RENEW_SECRET_ID is set, and there is no file to write a new secret id to; set VAULT_SECRET_ID_FILE in place of the secret id, or unset it',
    );
  }
  return { roleId, ...sources, renewSecretId, appRolePath: mountOf(env.APPROLE_MOUNT) || 'approle' };
}

/** Separates rules in the variable `WEBEX_ALLOW`. No rule contains it. */
export const ALLOW_SEPARATOR = '; ';

/**
 * Returns the rules of the variable `WEBEX_ALLOW`.
 *
 * @returns none if the variable is not set, so everything is allowed
 * @throws ExplainedError if a rule is wrong, or the variable is empty: a rule that was lost must not allow everything
 */
export function allowFromEnvironment({ WEBEX_ALLOW }: NodeJS.ProcessEnv = process.env): readonly AllowRule[] {
  if (WEBEX_ALLOW === undefined) {
    return [];
  }
  const texts = WEBEX_ALLOW.split(';').map((text) => text.trim());
  const rules = texts.filter((text) => text !== '').map((text) => parseAllowRule(text));
  if (rules.length === 0) {
    throw new ExplainedError(
      'WEBEX_ALLOW is set but has no rule; write rules into it, like WEBEX_ALLOW="GET /v1/people/*; POST /v1/messages", or unset it to allow everything',
    );
  }
  return rules;
}

/** Removes the slashes around a mount. Vault lists mounts with a slash at the end. */
export function mountOf(path = ''): string {
  return path.replace(/^\/+|\/+$/g, '');
}
