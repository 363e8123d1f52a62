import { AppRoleLogin } from '../app-role-login';
import { NotPermitted } from '../credential-errors';
import { appRoleFromEnvironment } from '../app-environment';
import { VaultConnection } from '../vault-connection';
import { vaultOptionsFromEnvironment } from '../vault-environment';

/**
 * Runs the work as whom the environment names: an app, by its AppRole, else whoever owns the Vault token at hand. What
 * it logged in, it logs out.
 *
 * @throws NotPermitted where Vault refuses the login or there is nothing to log in with
 */
export async function withVaultIdentity<T>(
  work: (vault: VaultConnection) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const options = vaultOptionsFromEnvironment({}, env);
  const appRole = appRoleFromEnvironment(env);
  const vault = new VaultConnection(options);
  if (appRole === undefined) {
    if (options.token === undefined) {
      throw new NotPermitted(
        'there is nothing to log in with; set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE to those of the app, or VAULT_TOKEN',
      );
    }
    return work(vault);
  }
  await using login = new AppRoleLogin(vault, appRole);
  return await work(await login.vault());
}
