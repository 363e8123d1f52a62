import type { AppRoleLoginOptions } from './app-role-login';
import { UserError } from './user-error';
import { vaultVariable } from './vault-client';

/** For `--help` of every command that logs in as an app. */
export const APP_ROLE_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ROLE_ID: 'role id of the app, an output of the deployment',
  VAULT_SECRET_ID: 'its secret id, or instead of it:',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
  VAULT_WRAPPED_SECRET_ID: 'wrapping token that holds it, as "npm run issue" prints it; good for one run',
};

/** @throws UserError where the role id is missing, or there is not exactly one source of the secret id */
export function appRoleFromEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Pick<AppRoleLoginOptions, 'roleId' | 'secretId' | 'secretIdFile' | 'wrappingToken'> {
  const roleId = vaultVariable('ROLE_ID', env);
  if (roleId === undefined) {
    throw new UserError('VAULT_ROLE_ID is not set, so this app cannot log in; set it to the role id of the app');
  }
  const sources = {
    secretId: vaultVariable('SECRET_ID', env),
    secretIdFile: vaultVariable('SECRET_ID_FILE', env),
    wrappingToken: vaultVariable('WRAPPED_SECRET_ID', env),
  };
  const given = Object.values(sources).filter((source) => source !== undefined).length;
  if (given !== 1) {
    throw new UserError(
      `${given === 0 ? 'none' : 'more than one'} of VAULT_SECRET_ID, VAULT_SECRET_ID_FILE and VAULT_WRAPPED_SECRET_ID is set; set one, as "npm run issue" prints it`,
    );
  }
  return { roleId, ...sources };
}
