import { ExplainedError, NotPermitted } from 'webex-token-client/core';
import {
  readSetting,
  VaultClient,
  VaultResponseError,
  vaultVariable,
  type VaultClientOptions,
} from '../vault/vault-client';

/*
 * Who a command is to Vault: an app, by its AppRole, or whoever owns the token at hand.
 */

/** For `--help` of commands that log in. */
export const LOGIN_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ROLE_ID: 'role id of an app; with it the command logs in by AppRole, whatever VAULT_TOKEN says',
  VAULT_SECRET_ID: 'secret id that goes with it',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
};

/**
 * Logs in by AppRole where the environment has a role id, else takes the token.
 *
 * @throws NotPermitted where Vault refuses the login or there is nothing to log in with
 */
export async function loginFromEnvironment(
  options: VaultClientOptions,
  appRolePath: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<VaultClient> {
  const vault = new VaultClient(options);
  const roleId = vaultVariable('ROLE_ID', env);
  if (roleId !== undefined) {
    const login = vault.withToken('').loginAppRole(roleId, readSecretId(env), appRolePath);
    const { token } = await login.catch((error: unknown) => {
      throw error instanceof VaultResponseError ? refused(error, appRolePath) : error;
    });
    return vault.withToken(token);
  }
  if (vaultVariable('SECRET_ID', env) !== undefined || vaultVariable('SECRET_ID_FILE', env) !== undefined) {
    throw new ExplainedError(
      'there is a secret id but no role id; set VAULT_ROLE_ID, or unset VAULT_SECRET_ID and VAULT_SECRET_ID_FILE',
    );
  }
  requireToken(options);
  return vault;
}

/** @throws NotPermitted where there is no token, before Vault is asked anything */
export function requireToken({ token }: VaultClientOptions): void {
  if (token === undefined) {
    throw new NotPermitted('there is no Vault token; log in with "vault login", or set VAULT_TOKEN');
  }
}

function readSecretId(env: NodeJS.ProcessEnv): string {
  const file = vaultVariable('SECRET_ID_FILE', env);
  const secretId =
    vaultVariable('SECRET_ID', env) ?? (file === undefined ? '' : readSetting('VAULT_SECRET_ID_FILE', file).trim());
  if (secretId === '') {
    throw new ExplainedError(
      `${file === undefined ? 'VAULT_ROLE_ID is set but VAULT_SECRET_ID is not' : `VAULT_SECRET_ID_FILE names ${file}, which is empty`}; set VAULT_SECRET_ID or VAULT_SECRET_ID_FILE to a secret id`,
    );
  }
  return secretId;
}

function refused(error: VaultResponseError, appRolePath: string): ExplainedError {
  if (error.statusCode === 404) {
    return new ExplainedError(
      `no AppRole auth method is mounted at ${appRolePath}/; deploy stack webex-tokens, or correct appRolePath in deployment.ts`,
    );
  }
  if (error.statusCode >= 500 || error.statusCode === 429) {
    return new ExplainedError(
      `Vault could not log the app in (${error.statusCode}); check that it is unsealed, then try again`,
    );
  }
  return new NotPermitted(
    `Vault does not log the app in (${error.statusCode}): its role id or secret id is wrong, expired, used up, or not for this network; have a new secret id issued`,
  );
}
