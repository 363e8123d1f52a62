import { engineMount, ExplainedError, vaultServerFromEnvironment } from '#core';
import { identityFromEnvironment } from './login/identity-environment';
import { TokenSource, type TokenSourceOptions } from './token-source';

/**
 * The token source of an app. The environment names Vault and the identity of the app.
 *
 * @throws ExplainedError if the environment is incomplete or ambiguous
 */
export function tokenSourceFromEnvironment(
  credential: string,
  options: Pick<TokenSourceOptions, 'onWarning' | 'retry'> = {},
  env: NodeJS.ProcessEnv = process.env,
): TokenSource {
  const server = vaultServerFromEnvironment({}, env);
  const identity = identityFromEnvironment(env);
  if (identity === undefined) {
    throw new ExplainedError(
      'VAULT_ROLE_ID is not set, so there is no app to log in as; set it and VAULT_SECRET_ID_FILE to what "webex-token-vault issue" gave for the app, or VAULT_AUTH_METHOD if it has another identity',
    );
  }
  return new TokenSource({ ...options, ...identity, ...server, credential, mountPath: engineMount(env) });
}
