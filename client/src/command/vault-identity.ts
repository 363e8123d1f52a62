import {
  beforeItIsLost,
  NotPermitted,
  VaultConnection,
  vaultOptionsFromEnvironment,
  vaultServerFromEnvironment,
  type RetryOptions,
} from '#core';
import { identityFromEnvironment } from '../login/identity-environment';
import { loginAs } from '../login/login-identity';

/**
 * Runs the work under the identity of the environment: an app, which is logged in and out, or the given Vault token.
 *
 * @param patience retries if the secret id is unwrapped, because a failure would lose it. @default - some twenty seconds
 * @throws NotPermitted if Vault refuses the login, or the environment has no identity
 */
export async function withVaultIdentity<T>(
  work: (vault: VaultConnection) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
  onWarning?: (warning: string) => void,
  patience?: RetryOptions,
): Promise<T> {
  const server = vaultServerFromEnvironment({}, env);
  const identity = identityFromEnvironment(env);
  if (identity === undefined) {
    const options = vaultOptionsFromEnvironment({}, env);
    if (options.token === undefined) {
      throw new NotPermitted(
        'there is no identity to log in with; set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE of the app, or VAULT_AUTH_METHOD for another identity, or VAULT_TOKEN',
      );
    }
    return work(new VaultConnection(options));
  }
  await using login = loginAs(new VaultConnection(server), identity, onWarning);
  return await beforeItIsLost(
    async () => work(await login.vault()),
    () => login.holdsUnwrapped,
    patience,
  );
}
