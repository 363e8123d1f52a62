import type { App, Deployment } from '../schema/deployment';
import { identityLogin, rolesPath, type AppLogin, type IdentityLogin } from './app-login';

export function loginOf({ appRole }: Pick<Deployment, 'appRole'>, { identity }: Pick<App, 'identity'>): AppLogin {
  return identity === undefined
    ? { type: 'approle', path: appRole.path, isManaged: appRole.manage }
    : identityLogin(identity);
}

/** Path of an app's role in Vault. */
export function rolePath(deployment: Pick<Deployment, 'appRole'>, app: App): string {
  return `${rolesPath(loginOf(deployment, app))}/${app.vaultName}`;
}

/** Auth methods other than AppRole. Each is listed once, as the login of one of its apps. */
export function identityMethods(deployment: Pick<Deployment, 'appRole' | 'apps'>): IdentityLogin[] {
  const logins = deployment.apps.map((app) => loginOf(deployment, app)).filter((login) => login.type !== 'approle');
  return [...new Map(logins.map((login) => [login.path, login])).values()];
}
