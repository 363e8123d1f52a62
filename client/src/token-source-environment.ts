import { engineMount, ExplainedError, vaultServerFromEnvironment } from '#core';
import { identityFromEnvironment } from './login/identity-environment';
import { TokenSource, type TokenSourceOptions } from './token-source';

/**
 * Returns a {@link TokenSource} for the Vault and the identity that the environment names.
 *
 * @throws ExplainedError if the environment is incomplete or ambiguous
 */
export function tokenSourceFromEnvironment(
  credential: string,
  options: Pick<TokenSourceOptions, 'onWarning' | 'retry' | 'closeTimeoutMs'> = {},
  env: NodeJS.ProcessEnv = process.env,
): TokenSource {
  const server = vaultServerFromEnvironment({}, env);
  const identity = identityFromEnvironment(env);
  if (identity === undefined) {
    throw new ExplainedError(
      'VAULT_ROLE_ID is not set, so there is no app to log in as. Set it and VAULT_SECRET_ID_FILE as "webex-token-vault issue" printed them, or set VAULT_AUTH_METHOD for another identity',
    );
  }
  return new TokenSource({ ...options, ...identity, ...server, credential, mountPath: engineMount(env) });
}
