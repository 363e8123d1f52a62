import { ExplainedError } from '../explained-error';
import type { AppRoleLoginOptions } from '../login/app-role-login';
import { ALLOW_HTTP, OPENBAO_FORM, switchedOn, vaultVariable } from './vault-environment';

/** Variables of an app, for the `--help` of programs that log in as one. */
export const APP_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ADDR: 'address of Vault or OpenBao',
  VAULT_ROLE_ID: 'role id of the app, an output of the deployment',
  VAULT_SECRET_ID: 'secret id that goes with it, or instead of it:',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
  VAULT_RENEW_SECRET_ID: '"true": issue a new secret id in time and write it there, as the app must be declared to do',
  VAULT_WRAPPED_SECRET_ID:
    'wrapping token that holds it, as "webex-token-vault issue" prints it; good for one run, or "webex-token unwrap"',
  VAULT_AUTH_METHOD: '"jwt", "kubernetes" or "cert": log in by that method instead of AppRole',
  VAULT_ROLE: 'name of the app, for those methods',
  VAULT_AUTH_MOUNT: 'mount of the method; default: its name',
  VAULT_JWT_FILE: 'file that holds the token, read at every login; default: the one that every pod has',
  VAULT_JWT: 'the token itself, as "id_tokens" of GitLab sets it; not needed on GitHub Actions',
  VAULT_JWT_AUDIENCE: 'audience to ask GitHub for; default: webex-token-vault',
  VAULT_CLIENT_CERT: "PEM file of the app's certificate",
  VAULT_CLIENT_KEY: 'PEM file of its key',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace; default: the root namespace',
  VAULT_ALLOW_HTTP: ALLOW_HTTP,
  'BAO_...': OPENBAO_FORM,
  OAUTHAPP_MOUNT: 'mount of the oauthapp engine; default: oauthapp',
  APPROLE_MOUNT: 'mount of the AppRole auth method; default: approle',
};

/** The mount of the engine, as the environment says. */
export function engineMount(env: NodeJS.ProcessEnv = process.env): string {
  return mountOf(env.OAUTHAPP_MOUNT) || 'oauthapp';
}

/**
 * The AppRole of the environment.
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

/** A mount without the slashes around it: Vault lists mounts with one at their end. */
export function mountOf(path = ''): string {
  return path.replace(/^\/+|\/+$/g, '');
}
