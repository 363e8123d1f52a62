import { type CredentialDeclaration, isServiceApp } from './credential-declaration';
import { memberName, type PlacedCredential, placedCredentials } from './credential-family';
import { ACCOUNT_SCOPES, accountScopes } from './scope-coverage';

/** Longest name of a credential for an organization, because Kubernetes has it in a label. */
export const LONGEST_MEMBER = 63;

/** A wrong field, by its path below `credentials`. */
interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The first problem of credentials and their organizations, except what needs other parts of the declaration. */
export function credentialProblem(declared: readonly CredentialDeclaration[]): Problem | undefined {
  const placed = placedCredentials(declared);
  return (
    first(declared, (entry, index) => under([index], entryProblem(entry))) ??
    first(placed, (each) => under(each.path, accountProblem(each) ?? memberProblem(each))) ??
    nameProblem(declared, placed)
  );
}

function first<Of>(
  all: readonly Of[],
  problemOf: (each: Of, index: number) => Problem | undefined,
): Problem | undefined {
  for (const [index, each] of all.entries()) {
    const problem = problemOf(each, index);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function under(path: Problem['path'], problem: Problem | undefined): Problem | undefined {
  return problem && { ...problem, path: [...path, ...problem.path] };
}

/** Fields of an entry that exclude or require each other. */
function entryProblem({ owner, serviceApp, organization, organizations }: CredentialDeclaration): Problem | undefined {
  if (organizations === undefined) {
    return serviceApp !== undefined && serviceApp.organizationId === undefined
      ? { path: ['serviceApp', 'organizationId'], message: 'is missing; give a text' }
      : undefined;
  }
  if (organization !== undefined) {
    return { path: ['organization'], message: 'must not be beside organizations; leave one of the two out' };
  }
  if (owner !== undefined) {
    const message = 'must not be beside organizations, because an account is in one of them; give each its own owner';
    return { path: ['owner'], message };
  }
  if (serviceApp?.organizationId !== undefined) {
    const message = 'must not be beside organizations; leave it out, and give each of organizations its id';
    return { path: ['serviceApp', 'organizationId'], message };
  }
  const unknown = serviceApp === undefined ? -1 : organizations.findIndex(({ id }) => id === undefined);
  const message = 'is missing; give the id of the organization that authorizes the Service App';
  return unknown === -1 ? undefined : { path: ['organizations', unknown, 'id'], message };
}

/** Webex names the account only to a token with a scope for `people/me`. This check runs before a person consents. */
function accountProblem({ credential, path }: PlacedCredential): Problem | undefined {
  const { name, owner, organization, scopes } = credential;
  const id = isWrittenOut({ credential, path }) ? ['id'] : ['organization', 'id'];
  if (isServiceApp(credential)) {
    if (owner !== undefined) {
      const message = `of "${name}" must not be beside serviceApp, because no person consents to a Service App; leave owner out, because the id of the organization names the account`;
      return { path: ['owner'], message };
    }
    return organization?.id === undefined
      ? undefined
      : { path: id, message: 'must not be beside serviceApp.organizationId; leave one of the two out' };
  }
  if (accountScopes(scopes).length > 0 || (owner === undefined && organization?.id === undefined)) {
    return undefined;
  }
  const advice = `add scope "${ACCOUNT_SCOPES[0]}" to it and to the integration, or leave the ${owner === undefined ? 'id' : 'owner'} out`;
  const message = `of "${name}" cannot be checked, because no scope lets Webex name the account that consented; ${advice}`;
  return { path: owner === undefined ? id : ['owner'], message };
}

function memberProblem({ credential: { name, organization } }: PlacedCredential): Problem | undefined {
  if (organization === undefined) {
    return undefined;
  }
  const expected = memberName(organization.family, organization.name);
  if (name !== expected) {
    return {
      path: ['name'],
      message: `must be "${expected}", as its organization says, got "${name}"; rename one of the two`,
    };
  }
  return name.length > LONGEST_MEMBER
    ? {
        path: ['name'],
        message: `makes the name "${name}", which has ${name.length} characters, and ${LONGEST_MEMBER} are allowed; use a shorter one`,
      }
    : undefined;
}

/** A name means one credential, or one family. Two plain credentials of one name are a problem of all names. */
function nameProblem(
  declared: readonly CredentialDeclaration[],
  placed: readonly PlacedCredential[],
): Problem | undefined {
  const byName = new Map<string, PlacedCredential>();
  for (const each of placed) {
    const other = byName.get(each.credential.name);
    const [made, same] = isWrittenOut(each) || other === undefined ? [each, other] : [other, each];
    if (same !== undefined && isWrittenOut(made)) {
      const message = `makes the name "${each.credential.name}", which ${described(same)} has too; rename one of the two`;
      return { path: [...made.path, 'name'], message };
    }
    byName.set(each.credential.name, each);
  }
  const named = placed.find(({ credential }) => byName.has(credential.organization?.family ?? ''));
  if (named !== undefined) {
    const { credential, path } = named;
    const family = credential.organization?.family ?? '';
    const other = described(byName.get(family) ?? named);
    const message = `must not be "${family}", which ${other} has, because an app that reads it could mean both; rename one of the two`;
    return { path: isWrittenOut(named) ? [...path.slice(0, 1), 'name'] : [...path, 'organization', 'family'], message };
  }
  const families = declared.map(({ name, organizations }) => (organizations === undefined ? undefined : name));
  const twice = families.findIndex((name, index) => name !== undefined && families.indexOf(name) !== index);
  return twice === -1
    ? undefined
    : {
        path: [twice, 'name'],
        message: `must not be "${families[twice] ?? ''}" again; join the organizations of both, or rename one`,
      };
}

/** Whether an entry of `organizations` declares the credential. */
function isWrittenOut({ path }: PlacedCredential): boolean {
  return path.length > 1;
}

function described({ credential: { name, organization } }: PlacedCredential): string {
  return organization !== undefined
    ? `organization "${organization.name}" of "${organization.family}"`
    : `credential "${name}"`;
}
