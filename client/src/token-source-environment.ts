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

/**
 * Returns the names of the credentials that the app reads, such as one for each organization. They are in the variable
 * `WEBEX_CREDENTIALS`, between spaces. `webex-token-vault issue` prints it for an app that reads several.
 *
 * ```ts
 * for (const credential of credentialsFromEnvironment()) {
 *   await using tokens = tokenSourceFromEnvironment(credential);
 *   await report(tokens);
 * }
 * ```
 *
 * @throws ExplainedError if the variable is not set
 */
export function credentialsFromEnvironment({ WEBEX_CREDENTIALS = '' }: NodeJS.ProcessEnv = process.env): string[] {
  const names = WEBEX_CREDENTIALS.split(/\s+/).filter((name) => name !== '');
  if (names.length === 0) {
    throw new ExplainedError(
      'WEBEX_CREDENTIALS names no credential, so there is nothing to loop over; set it as "webex-token-vault issue" printed it, like WEBEX_CREDENTIALS="people-me-acme people-me-globex"',
    );
  }
  return [...new Set(names)];
}
