import { deployCommand } from '../../declaration/deploy-command';
import { OPERATORS_MOUNT } from '../../declaration/schema/app-declaration';
import type { Deployment } from '../../declaration/schema/deployment';
import { rolePath } from '../../declaration/derived/logins';
import { oidcRoles } from '../../declaration/derived/oidc-method';
import { policyNameOf } from '../../declaration/derived/policy-names';
import { healingCredentials } from '../../declaration/derived/healing-credentials';
import type { Policy } from '../../vault/policy/policy';
import type { ServerProgramName } from '../../vault/vault-client';
import { mayReadSome, PolicyRights } from '../../vault/policy/policy-rights';
import { advice, note, type Advice } from './examination';
import { rightsOf, type PoliciesInVault, type Role } from './policies-in-vault';

/*
 * Readers of a credential that the declaration does not name.
 */

/** Largest number of names in a message. Further names are only counted. */
const NAMED = 5;

export interface SeenPolicies {
  readonly deployment: Deployment;
  readonly policies: PoliciesInVault;
  /** Program of the server's product, for the commands that are shown. */
  readonly program: ServerProgramName;
}

export function unexpectedReaders(seen: SeenPolicies): Advice[] {
  const { deployment, policies: holders, program } = seen;
  return [
    ...holders.policies.flatMap((policy) => policyAdvice(seen, policy)),
    ...holders.roles.flatMap((role) => roleAdvice(seen, role)),
    ...holders.unreadable.map(({ name, why }) =>
      advice(
        `policy "${name}" cannot be parsed (${why}), so it may reach a credential; it is carried by ${carriers(holders, name)}`,
        `${program} policy read ${name}`,
      ),
    ),
    ...blindSpots(deployment, holders),
  ];
}

/** Credentials that a policy of this deployment is declared to reach. @returns undefined for any other policy */
function declaredReach(deployment: Deployment, policyName: string): readonly string[] | undefined {
  const { engine, apps, credentials } = deployment;
  const all = credentials.map(({ name }) => name);
  if ([policyNameOf(engine.mountPath, 'authorizer'), policyNameOf(engine.mountPath, 'observer')].includes(policyName)) {
    return all;
  }
  if (policyName === policyNameOf(engine.mountPath, 'healer')) {
    return healerReach(deployment);
  }
  return apps.find((app) => policyNameOf(engine.mountPath, `app-${app.vaultName}`) === policyName)?.reads;
}

function healerReach(deployment: Deployment): readonly string[] {
  return healingCredentials(deployment).flatMap(({ name, serviceApp }) => [name, serviceApp.requestedBy]);
}

function policyAdvice({ deployment, policies: holders, program }: SeenPolicies, policy: Policy): Advice[] {
  const { mountPath } = deployment.engine;
  const { name } = policy;
  const declared = declaredReach(deployment, name);
  const reached = reachedBy(deployment, policy).filter((each) => declared?.includes(each) !== true);
  const depending = credentialNames(deployment, policy).filter((each) =>
    mayReadSome(policy, `${mountPath}/creds/${each}`),
  );
  const isOrphan = declared === undefined && name.startsWith(policyNameOf(mountPath, 'app-'));
  const carried = `it is carried by ${carriers(holders, name)}`;
  if (reached.length > 0) {
    const whose = declared === undefined ? (isOrphan ? ' of an undeclared app' : '') : ' of this deployment';
    const more = declared === undefined ? '' : ', which is not declared';
    return [
      advice(
        `policy "${name}"${whose} reaches ${described(reached)}${more}; ${carried}`,
        declared === undefined
          ? `read it with "${program} policy read ${name}", then: ${program} policy delete ${name}`
          : deployCommand(),
      ),
    ];
  }
  if (depending.length > 0) {
    return [
      advice(
        `policy "${name}" may reach ${described(depending)} for some of its carriers, because a path in it has "{{...}}"; ${carried}`,
        `${program} policy read ${name}`,
      ),
    ];
  }
  return isOrphan
    ? [advice(`policy "${name}" belongs to an undeclared app; ${carried}`, `${program} policy delete ${name}`)]
    : [];
}

/** Credentials of the declaration, and those that the policy itself names. */
function credentialNames(deployment: Deployment, { rules }: Policy): readonly string[] {
  const folder = `${deployment.engine.mountPath}/creds/`;
  const named = rules
    .map(({ path }) => path)
    .filter((path) => path.startsWith(folder) && path !== folder && !/[*+]|\{\{/.test(path))
    .map((path) => path.slice(folder.length));
  const declared = deployment.credentials.map(({ name }) => name);
  return [...new Set([...declared, ...named])];
}

function reachedBy(deployment: Deployment, policy: Policy): readonly string[] {
  const rights = new PolicyRights([policy]);
  return credentialNames(deployment, policy).filter((name) =>
    rights.mayRead(`${deployment.engine.mountPath}/creds/${name}`),
  );
}

/** Advice on a role whose policies together read more than declared, and on a role that belongs to no declared app. */
function roleAdvice({ deployment, policies: holders, program }: SeenPolicies, role: Role): Advice[] {
  const { engine, apps, credentials } = deployment;
  const { mount, name, path, policies } = role;
  const rights = rightsOf(holders, role);
  const reads = credentials
    .map((credential) => credential.name)
    .filter((each) => rights.mayRead(`${engine.mountPath}/creds/${each}`));
  const isOfPeople =
    mount === deployment.operators?.oidc?.path && oidcRoles(deployment).some(({ operator }) => operator === name);
  if (mount === OPERATORS_MOUNT || isOfPeople) {
    const mayReadAll = ['authorizer', 'observer'].includes(name);
    const more = name === 'healer' ? reads.filter((each) => !healerReach(deployment).includes(each)) : reads;
    return more.length > 0 && !mayReadAll
      ? [advice(`${path} reaches ${described(more)}, which is not its task`, `${program} read ${path}`)]
      : [];
  }
  const app = apps.find((each) => rolePath(deployment, each) === path);
  if (app !== undefined) {
    const more = reads.filter((each) => !app.reads.includes(each));
    return more.length > 0
      ? [advice(`app "${app.name}" reaches ${described(more)}, which it is not declared to read`, deployCommand())]
      : [];
  }
  const ours = policies.filter(
    (each) => declaredReach(deployment, each) !== undefined || each.startsWith(policyNameOf(engine.mountPath, 'app-')),
  );
  if (reads.length === 0 && ours.length === 0) {
    return [];
  }
  const what = reads.length > 0 ? `reaches ${described(reads)}` : `carries ${described(ours)}`;
  return [
    advice(`role "${name}" of auth/${mount} belongs to no declared app, and ${what}`, `${program} delete ${path}`),
  ];
}

function carriers({ roles, otherMethods }: PoliciesInVault, policyName: string): string {
  const paths = roles.filter(({ policies }) => policies.includes(policyName)).map(({ path }) => path);
  const known = paths.length > 0 ? described(paths) : 'no visible role';
  return otherMethods.length > 0
    ? `${known}, and perhaps by ${described(otherMethods.map((each) => `auth/${each}`))}`
    : known;
}

/** Notes on rights that the observer cannot see. */
function blindSpots({ vault }: Deployment, { otherMethods }: PoliciesInVault): Advice[] {
  const methods = otherMethods.length > 0 ? `logins by ${described(otherMethods.map((each) => `auth/${each}`))}, ` : '';
  return [
    note('policy "root" reaches everything: a root token can read every credential'),
    note(`not visible here: ${methods}tokens created by hand, and policies of entities and groups`),
    ...(vault.namespace === undefined
      ? []
      : [note(`not visible here: policies of namespaces above "${vault.namespace}", which can reach into it`)]),
  ];
}

function described(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
