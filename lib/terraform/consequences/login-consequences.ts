import type { DeclaredApp } from '../../declaration/declared/declared-grants';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { endOfRole, newIdentity } from './apps-comparison';
import { noticed, type Consequences } from './consequence';

/*
 * Roles and auth methods that a plan deletes or replaces. No grant is lost with them, and apps can no longer log in.
 */

const APP_ROLE = 'vault_approle_auth_backend_role';

/** Types of roles, each with the field of its name. */
const ROLES: Readonly<Record<string, string>> = {
  [APP_ROLE]: 'role_name',
  vault_jwt_auth_backend_role: 'role_name',
  vault_kubernetes_auth_backend_role: 'role_name',
  vault_cert_auth_backend_role: 'name',
};

interface Apps {
  readonly before: Readonly<Record<string, DeclaredApp>>;
  readonly after: Readonly<Record<string, DeclaredApp>>;
  /** Whether a comparison of the declarations shows their changes. */
  readonly areCompared: boolean;
}

export function loginConsequences({ changes }: Plan, apps: Apps): Consequences {
  return noticed(...changes.flatMap((change) => (change.isAuthMethod ? ofMethod(change) : ofRole(change, apps))));
}

function ofMethod(change: ResourceChange): string[] {
  return change.isDeleted
    ? [`the auth method at "${change.before('path') ?? ''}" is deleted, with every role in it, also those of others`]
    : [];
}

/** Only roles that no change of the declaration explains. */
function ofRole(change: ResourceChange, { before, after, areCompared }: Apps): string[] {
  const field = ROLES[change.type];
  const inVault = field === undefined ? undefined : (change.before(field) ?? change.after(field));
  const [from, to] = inVault === undefined ? [] : [before[inVault], after[inVault]];
  if (inVault === undefined || (areCompared && !isSameLogin(from, to))) {
    return [];
  }
  const isOfAppRole = change.type === APP_ROLE;
  const { name } = to ?? from ?? { name: inVault };
  if (change.isCreated) {
    const got = change.isDeleted ? `gets another identity: ${endOfRole(true)}` : newIdentity(name);
    return isOfAppRole ? [`app "${name}" ${got}`] : [];
  }
  if (!change.isDeleted) {
    return [];
  }
  return from === undefined
    ? [`role "${inVault}" is deleted from "auth/${change.before('backend') ?? ''}"`]
    : [`app "${from.name}" loses its identity: ${endOfRole(isOfAppRole)}`];
}

/** True also if neither declaration has the app. */
function isSameLogin(from: DeclaredApp | undefined, to: DeclaredApp | undefined): boolean {
  const isInBoth = (from === undefined) === (to === undefined);
  return isInBoth && from?.login?.type === to?.login?.type && from?.login?.path === to?.login?.path;
}
