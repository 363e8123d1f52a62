import type { Deployment } from '../../lib/declaration/deployment';
import { TokenSource, type TokenSourceOptions } from './token-source';
import { ExplainedError } from './explained-error';
import { vaultOptionsFromEnvironment, vaultVariable } from '../../lib/vault/vault-client';

/** For `--help` of programs that log in as an app. */
export const APP_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ADDR: 'address of Vault or OpenBao; default: the one in deployment.ts',
  VAULT_ROLE_ID: 'role id of the app, an output of the deployment',
  VAULT_SECRET_ID: 'secret id that goes with it, or instead of it:',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
  VAULT_WRAPPED_SECRET_ID: 'wrapping token that holds it, as "npm run issue" prints it; good for one run',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace; default: the one in deployment.ts',
  'BAO_...': 'each of them in its OpenBao form, which wins',
};

/**
 * The token source of an app that is told by its environment where Vault is and who it is.
 *
 * @throws ExplainedError where the environment does not tell, or tells twice
 */
export function tokenSourceFromEnvironment(
  deployment: Deployment,
  credential: string,
  options: Pick<TokenSourceOptions, 'onWarning' | 'retry'> = {},
  env: NodeJS.ProcessEnv = process.env,
): TokenSource {
  const { address, namespace, ca } = vaultOptionsFromEnvironment(deployment.vault, env);
  const roleId = vaultVariable('ROLE_ID', env);
  if (roleId === undefined) {
    throw new ExplainedError(
      'VAULT_ROLE_ID is not set, so there is no app to log in as; run "npm run issue -- <app>" and set what it prints',
    );
  }
  const sources = {
    secretId: vaultVariable('SECRET_ID', env),
    secretIdFile: vaultVariable('SECRET_ID_FILE', env),
    wrappingToken: vaultVariable('WRAPPED_SECRET_ID', env),
  };
  const given = Object.values(sources).filter((source) => source !== undefined).length;
  if (given !== 1) {
    throw new ExplainedError(
      `${given === 0 ? 'none' : 'more than one'} of VAULT_SECRET_ID, VAULT_SECRET_ID_FILE and VAULT_WRAPPED_SECRET_ID is set; set exactly one of them`,
    );
  }
  const { appRolePath, engine } = deployment;
  const where = { address, namespace, ca, appRolePath, mountPath: engine.mountPath };
  return new TokenSource({ ...options, ...where, credential, roleId, ...sources });
}
