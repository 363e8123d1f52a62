import { commandLine, quotedList } from '#core';
import type { DeclaredApp, DeclaredGrants } from '../../declaration/declared/declared-grants';
import { noticed, type Consequences } from './consequence';
import { howToKeep, paired } from './names-comparison';

const APP_ROLE = 'AppRole';

interface Login {
  readonly type: string;
  readonly path: string;
}

/** Consequences for apps: their names, their identities, and the credentials that they read. */
export function compareApps(before: DeclaredGrants, after: DeclaredGrants): Consequences {
  const { both, gone, added } = paired(before.apps, after.apps);
  return noticed(
    ...both.flatMap(([, from, to]) => [
      ...ofName(from, to),
      ...ofLogin(to, loginOf(from, before), loginOf(to, after)),
      ...ofReading(to.name, from.reads, to.reads),
    ]),
    ...gone.map(([inVault, app]) => {
      const kept = howToKeep({ inVault, name: app.name }, added, stays(app));
      return `app "${app.name}" loses its identity: ${end(loginOf(app, before))}${kept}`;
    }),
    ...added.flatMap(([, app]) => [newcomer(app.name, loginOf(app, after)), ...ofReading(app.name, [], app.reads)]),
  );
}

function loginOf({ login }: DeclaredApp, { appRolePath }: DeclaredGrants): Login {
  return login ?? { type: APP_ROLE, path: appRolePath };
}

function ofName(from: DeclaredApp, to: DeclaredApp): string[] {
  return from.name === to.name ? [] : [`app "${from.name}" is renamed to "${to.name}"; ${stays(to)}`];
}

function stays({ login }: DeclaredApp): string {
  return login === undefined ? 'its role id and secret ids stay' : 'its role stays';
}

function end({ type }: Login): string {
  return endOfRole(type === APP_ROLE);
}

export function endOfRole(isOfAppRole: boolean): string {
  return isOfAppRole ? 'its role id and secret ids become invalid' : 'it can no longer log in';
}

function ofLogin({ name }: DeclaredApp, from: Login, to: Login): string[] {
  if (from.type !== to.type) {
    const ends = from.type === APP_ROLE ? `; ${end(from)}` : '';
    return [
      `app "${name}" logs in by ${to.type} from now on, and no longer by ${from.type}${ends}`,
      newcomer(name, to),
    ];
  }
  if (from.path === to.path) {
    return [];
  }
  return from.type === APP_ROLE
    ? [`app "${name}" gets another identity: ${end(from)}`]
    : [
        `app "${name}" logs in at "${to.path}" from now on, and no longer at "${from.path}"; set VAULT_AUTH_MOUNT=${to.path} there`,
      ];
}

function newcomer(name: string, { type }: Login): string {
  return type === APP_ROLE
    ? `app "${name}" ${newIdentity(name)}`
    : `app "${name}" may log in by ${type}, with the identity that it has; see the environment that it needs: ${commandLine('issue', name)}`;
}

export function newIdentity(name: string): string {
  return `gets an identity; issue it a secret id: ${commandLine('issue', name)}`;
}

function ofReading(app: string, before: readonly string[], after: readonly string[]): string[] {
  const [more, less] = [missing(after, before), missing(before, after)];
  return [
    ...(more.length > 0 ? [`app "${app}" may now read ${quotedList(more)}`] : []),
    ...(less.length > 0 ? [`app "${app}" may no longer read ${quotedList(less)}`] : []),
  ];
}

function missing(names: readonly string[], from: readonly string[]): string[] {
  return names.filter((name) => !from.includes(name));
}
