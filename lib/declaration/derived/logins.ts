import type { z } from 'zod';
import { OPERATORS_MOUNT, type AppDeclaration } from '../schema/app-declaration';
import { appLogin, methodSettings, type AppLogin, type IdentityLogin } from './app-login';
import type { operatorsDeclaration } from '../schema/operators-declaration';

/*
 * All ways to log in that a deployment declares.
 */

/** What a deployment says of them. */
export interface DeclaredLogins {
  readonly appRolePath: string;
  readonly declareAppRole: boolean;
  readonly apps: readonly AppDeclaration[];
  readonly operators?: z.output<typeof operatorsDeclaration>;
}

/** How an app of it logs in. */
export function loginOf(
  { appRolePath, declareAppRole }: Pick<DeclaredLogins, 'appRolePath' | 'declareAppRole'>,
  app: AppDeclaration,
): AppLogin {
  return appLogin(app, { path: appRolePath, isDeclared: declareAppRole });
}

/** The auth methods beside AppRole, each once, as one of its apps has it. */
export function identityMethods(deployment: DeclaredLogins): IdentityLogin[] {
  const logins = deployment.apps.map((app) => loginOf(deployment, app)).filter((login) => login.type !== 'approle');
  return [...new Map(logins.map((login) => [login.path, login])).values()];
}

/** Where people log in by OIDC. @returns undefined where they do not */
export function oidcPath({ operators }: DeclaredLogins): string | undefined {
  return operators?.oidc?.path;
}

/** @returns what is wrong, where two things are to be at one path, or one is to be two */
export function loginProblem(deployment: DeclaredLogins): string | undefined {
  const { appRolePath } = deployment;
  const peoplePath = oidcPath(deployment);
  const taken = new Map<string, { readonly who: string; readonly settings: string }>([
    [OPERATORS_MOUNT, { who: 'the operators', settings: '' }],
    ['token', { who: 'Vault itself', settings: '' }],
  ]);
  /** By each path that Vault would mount something below. */
  const takenBelow = new Map<string, string>();
  const claims: [path: string, who: string, settings: string][] = [
    ...(peoplePath === undefined ? [] : [[peoplePath, 'operators.oidc', 'oidc'] as [string, string, string]]),
    [appRolePath, 'appRolePath', JSON.stringify({ type: 'approle', isDeclared: deployment.declareAppRole })],
    ...deployment.apps.map((app): [string, string, string] => {
      const login = loginOf(deployment, app);
      return [login.path, `app "${app.name}"`, JSON.stringify(methodSettings(login))];
    }),
  ];
  for (const [path, who, settings] of claims) {
    const other = taken.get(path);
    if (other !== undefined && other.settings !== settings) {
      return `${who} and ${other.who} want different auth methods at path "${path}", where Vault has one; give one of them another path`;
    }
    const above = pathsAbove(path);
    const near = takenBelow.get(path) ?? above.find((each) => taken.has(each));
    if (near !== undefined) {
      return `${who} and ${taken.get(near)?.who ?? ''} have auth methods at "${path}" and "${near}", which lie within each other, as Vault mounts nothing below a mount; give one of them another path`;
    }
    taken.set(path, { who, settings });
    above.forEach((each) => takenBelow.set(each, path));
  }
  return undefined;
}

/** Like `a` and `a/b` of `a/b/c`. */
function pathsAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
