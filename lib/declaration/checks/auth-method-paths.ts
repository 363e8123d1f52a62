import { methodSettings } from '../derived/app-login';
import { loginOf } from '../derived/logins';
import { OPERATORS_MOUNT } from '../schema/app-declaration';
import type { Deployment } from '../schema/deployment';

/** Vault has one auth method at a path, and none below another. */
export function authMethodProblem(deployment: Deployment): string | undefined {
  const { appRole } = deployment;
  const peoplePath = deployment.operators?.oidc?.path;
  const taken = new Map<string, { readonly who: string; readonly settings: string }>([
    [OPERATORS_MOUNT, { who: 'the operators', settings: '' }],
    ['token', { who: 'Vault itself', settings: '' }],
  ]);
  /** Paths above an auth method, with the path of that method. */
  const takenBelow = new Map<string, string>();
  const claims: [path: string, who: string, settings: string][] = [
    ...(peoplePath === undefined ? [] : [[peoplePath, 'operators.oidc', 'oidc'] as [string, string, string]]),
    [appRole.path, 'appRole.path', JSON.stringify({ type: 'approle', isManaged: appRole.manage })],
    ...deployment.apps.map((app): [string, string, string] => {
      const login = loginOf(deployment, app);
      return [login.path, `app "${app.name}"`, JSON.stringify(methodSettings(login))];
    }),
  ];
  for (const [path, who, settings] of claims) {
    const other = taken.get(path);
    if (other !== undefined && other.settings !== settings) {
      return `${who} and ${other.who} need different auth methods at path "${path}", but Vault has one at a path; give one of them another path`;
    }
    const above = pathsAbove(path);
    const near = takenBelow.get(path) ?? above.find((each) => taken.has(each));
    if (near !== undefined) {
      return `${who} and ${taken.get(near)?.who ?? ''} have auth methods at "${path}" and "${near}", but Vault mounts nothing below a mount; give one of them another path`;
    }
    taken.set(path, { who, settings });
    above.forEach((each) => takenBelow.set(each, path));
  }
  return undefined;
}

/** @returns `a` and `a/b` for `a/b/c` */
function pathsAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
