import type { z } from 'zod';
import type { AppDeclaration } from '../schema/app-declaration';
import type { Deployment } from '../schema/deployment';
import { appLogin, type AppLogin, type IdentityLogin } from './app-login';
import type { operatorsDeclaration } from '../schema/operators-declaration';

/** Parts of a deployment that declare logins. */
export interface DeclaredLogins {
  readonly appRole: Deployment['appRole'];
  readonly apps: readonly AppDeclaration[];
  readonly operators?: z.output<typeof operatorsDeclaration>;
}

export function loginOf({ appRole }: Pick<DeclaredLogins, 'appRole'>, app: AppDeclaration): AppLogin {
  return appLogin(app, { path: appRole.path, isManaged: appRole.manage });
}

/** The auth methods beside AppRole, each once, as the login of one of its apps. */
export function identityMethods(deployment: DeclaredLogins): IdentityLogin[] {
  const logins = deployment.apps.map((app) => loginOf(deployment, app)).filter((login) => login.type !== 'approle');
  return [...new Map(logins.map((login) => [login.path, login])).values()];
}

/** Path of the OIDC method of people. @returns undefined if none is declared */
export function oidcPath({ operators }: DeclaredLogins): string | undefined {
  return operators?.oidc?.path;
}
