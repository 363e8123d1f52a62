import type { DeclaredApp } from '../../declaration/declared/declared-grants';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { endOfRole } from './apps-comparison';
import type { Consequences } from './consequence';

/*
 * Roles and auth methods that a plan takes away. No grant is lost with them, but apps do not get in any more.
 */

const APP_ROLE = 'vault_approle_auth_backend_role';

/** Types of roles, each with the field of its name. */
const ROLES: Readonly<Record<string, string>> = {
  [APP_ROLE]: 'role_name',
  vault_jwt_auth_backend_role: 'role_name',
  vault_kubernetes_auth_backend_role: 'role_name',
  vault_cert_auth_backend_role: 'name',
};

const METHODS = ['vault_auth_backend', 'vault_jwt_auth_backend'];

interface Apps {
  readonly before: Readonly<Record<string, DeclaredApp>>;
  /** @default - the plan leaves out a part of what is declared */
  readonly after?: Readonly<Record<string, DeclaredApp>>;
}

export function loginConsequences({ changes }: Plan, apps: Apps): Consequences {
  const notices = changes
    .filter(({ isDeleted }) => isDeleted)
    .flatMap((change) => (METHODS.includes(change.type) ? ofMethod(change) : ofRole(change, apps)));
  return { notices, losses: [] };
}

function ofMethod(change: ResourceChange): string[] {
  return [`the auth method at "${change.before('path') ?? ''}" goes, with every role in it, also those of others`];
}

/** Only of roles that no change of the declaration explains. */
function ofRole(change: ResourceChange, { before, after }: Apps): string[] {
  const field = ROLES[change.type];
  const inVault = field === undefined ? undefined : change.before(field);
  const app = inVault === undefined ? undefined : before[inVault];
  if (inVault === undefined || (after !== undefined && app !== undefined && !isSameLogin(app, after[inVault]))) {
    return [];
  }
  const isOfAppRole = change.type === APP_ROLE;
  if (change.isCreated) {
    return isOfAppRole ? [`app "${app?.name ?? inVault}" gets another identity: ${endOfRole(isOfAppRole)}`] : [];
  }
  return app === undefined
    ? [`role "${inVault}" goes from "auth/${change.before('backend') ?? ''}"`]
    : [`app "${app.name}" loses its identity: ${endOfRole(isOfAppRole)}`];
}

function isSameLogin({ login }: DeclaredApp, to: DeclaredApp | undefined): boolean {
  return to !== undefined && login?.type === to.login?.type && login?.path === to.login?.path;
}
