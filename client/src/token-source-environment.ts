import { appRoleFromEnvironment, engineMount } from './app-environment';
import { ExplainedError } from './explained-error';
import { TokenSource, type TokenSourceOptions } from './token-source';
import { vaultServerFromEnvironment } from './vault-environment';

/**
 * The token source of an app that is told by its environment where Vault is and who it is.
 *
 * @throws ExplainedError where the environment does not tell, or tells twice
 */
export function tokenSourceFromEnvironment(
  credential: string,
  options: Pick<TokenSourceOptions, 'onWarning' | 'retry'> = {},
  env: NodeJS.ProcessEnv = process.env,
): TokenSource {
  const { address, namespace, ca } = vaultServerFromEnvironment({}, env);
  const login = appRoleFromEnvironment(env);
  if (login === undefined) {
    throw new ExplainedError(
      'VAULT_ROLE_ID is not set, so there is no app to log in as; set it and VAULT_SECRET_ID_FILE to what "webex-token-vault issue" gave for the app',
    );
  }
  return new TokenSource({ ...options, ...login, address, namespace, ca, credential, mountPath: engineMount(env) });
}
