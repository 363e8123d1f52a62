import { ourCommand, quotedList } from '#core';
import { z } from 'zod';
import { isEngineMount } from './engine-mount';
import type { Plan, ResourceChange } from './plan';
import { releaseConsequences } from './release-consequences';
import { Renames } from './renames';
import { serverConsequences, serversAfter } from './server-consequences';
import { isPluginReload } from './vault-access';

/*
 * What people will notice of a plan, in the words of the declaration. What was declared before is read from what the
 * state has: the policies of the apps say what they read, the authorizer's says which credential is whose.
 */

export interface Loss {
  /** An integration: no credential is known to be its, and yet one may have been. */
  readonly kind: 'credential' | 'integration';
  readonly name: string;
  readonly why: string;
}

export interface Consequences {
  readonly notices: readonly string[];
  /** Grants that end, or that cannot be refreshed any more: only a person can give them again. */
  readonly losses: readonly Loss[];
}

export interface ConsequencesOptions {
  /** Whether the cluster does not answer, so that nothing is known to have gone from it. @default false */
  readonly isClusterUnreachable?: boolean;
}

/** @param declared names of the declared credentials, for what takes all of them */
export function consequences(
  plan: Plan,
  declared: readonly string[],
  { isClusterUnreachable = false }: ConsequencesOptions = {},
): Consequences {
  const { changes } = plan;
  // What is not looked at, or was deleted behind our back, tells whose grants there are all the same.
  const before = [...plan.drift, ...plan.recorded, ...changes];
  const integrationOf = credentialsOf(before);
  const known = [...new Set([...integrationOf.keys(), ...before.flatMap(readByApp), ...declared])];
  const renames = new Renames(changes);
  const roles = changes.filter(isOfApp);
  const reloadsPlugin = changes.some((change) => isPluginReload(change) && change.isCreated);
  const { drift } = plan;
  const context: Context = {
    changes,
    drift,
    isClusterUnreachable,
    integrationOf,
    known,
    entriesAfter: entriesAfter(changes),
    renames,
    roles,
    reloadsPlugin,
  };
  const found = changes.map((change) => CONSEQUENCES[change.type]?.(change, context) ?? {});
  const losses = new Map(found.flatMap(({ losses = [] }) => losses).map((loss) => [`${loss.kind} ${loss.name}`, loss]));
  const notices = [...renames.notices, ...found.flatMap(({ notices = [] }) => notices)];
  return { notices, losses: [...losses.values()] };
}

interface Context {
  readonly changes: readonly ResourceChange[];
  readonly drift: readonly ResourceChange[];
  readonly isClusterUnreachable: boolean;
  /** Integration of each credential, as it was before; by its name in Vault. */
  readonly integrationOf: ReadonlyMap<string, string>;
  /** Every credential that may hold a grant. */
  readonly known: readonly string[];
  /** What is written of each integration that there will be, by its name in Vault; undefined: not known yet. */
  readonly entriesAfter: ReadonlyMap<string, string | undefined>;
  readonly renames: Renames;
  /** Of the apps, however they log in. */
  readonly roles: readonly ResourceChange[];
  /** Whether the plugin is reloaded with it: nobody can in a namespace, from the root one that has the catalog. */
  readonly reloadsPlugin: boolean;
}

type Consequence = (change: ResourceChange, context: Context) => Partial<Consequences>;

/** How an app logs in by a role of that type. */
const LOGINS: Readonly<Record<string, string>> = {
  vault_approle_auth_backend_role: 'AppRole',
  vault_jwt_auth_backend_role: 'jwt',
  vault_kubernetes_auth_backend_role: 'kubernetes',
  vault_cert_auth_backend_role: 'cert',
};

const CONSEQUENCES: Readonly<Record<string, Consequence>> = {
  vault_mount: ofMount,
  vault_plugin: ofPlugin,
  vault_generic_endpoint: ofIntegration,
  vault_policy: ofPolicy,
  ...Object.fromEntries(Object.keys(LOGINS).map((type) => [type, ofRole])),
  vault_auth_backend: ofMethod,
  vault_jwt_auth_backend: ofMethod,
  terraform_data: ofClientSecret,
  docker_container: ofServer,
  helm_release: ofRelease,
};

function ofMount(change: ResourceChange, { known }: Context): Partial<Consequences> {
  const path = change.before('path') ?? '';
  if (!isEngineMount(change)) {
    return change.isDeleted ? { notices: [`the records at "${path}" go: who consented, and when`] } : {};
  }
  if (change.isDeleted) {
    const all = 'with every grant in it, also of credentials that are declared no more';
    return { losses: lost(known, `the engine at "${path}" is deleted, ${all}`) };
  }
  if (change.isImported) {
    return {
      notices: [`the engine at "${path}" is taken over as it is, with its grants; its configuration is written anew`],
    };
  }
  const to = change.after('path');
  return to === undefined || path === '' || to === path
    ? {}
    : {
        notices: [
          `the engine moves from "${path}" to "${to}" with its grants; apps have to read there from now on: OAUTHAPP_MOUNT=${to}`,
        ],
      };
}

function ofPlugin(change: ResourceChange, { reloadsPlugin }: Context): Partial<Consequences> {
  const before = change.before('sha256');
  if (before === undefined || change.after('sha256') === before || change.after('sha256') === undefined) {
    return {};
  }
  return {
    notices: [
      reloadsPlugin
        ? 'the plugin is replaced and started anew; refreshing is paused for that, so that no grant is lost, and goes on afterwards'
        : `the plugin is replaced in the catalog, and the engine goes on running the old one until you have it reloaded: "${ourCommand('pause')}" before that, "resume" after it`,
    ],
  };
}

function ofIntegration(change: ResourceChange, context: Context): Partial<Consequences> {
  const { integrationOf, entriesAfter, renames } = context;
  const inVault = integrationAt(change.before('path'));
  if (inVault === undefined) {
    return {};
  }
  const name = renames.before('integration', inVault);
  const credentials = [...integrationOf].filter(([, integration]) => integration === inVault).map(([each]) => each);
  const end = (why: string): Loss[] =>
    credentials.length > 0
      ? lost(credentials, why)
      : [{ kind: 'integration', name, why: `${why}, if a credential that is no longer declared for it has one` }];
  // In another place under the same name it is found again, since a grant knows its integration by name.
  if (!entriesAfter.has(inVault) && (change.isDeleted || change.isForgotten)) {
    return {
      notices: [`integration "${name}" goes${renames.howToKeep('integration', inVault)}`],
      losses: end(`without integration "${name}" it cannot be refreshed`),
    };
  }
  const written = entriesAfter.get(inVault);
  const [from, to] = [clientIn(change.before('data_json')), clientIn(written)];
  if (from !== undefined && written === undefined) {
    return {
      notices: [
        `the client id of integration "${name}" is known only once it is written; any other one than "${from.client_id}" ends its grants, as Webex refreshes for the old one only`,
      ],
    };
  }
  if (from === undefined || to === undefined) {
    return {};
  }
  const changed =
    from.client_id === to.client_id
      ? from.provider_options.token_url === to.provider_options.token_url
        ? undefined
        : 'refreshes at another Webex, which did not give it'
      : 'gets another client id, and Webex refreshes for the old one only';
  return changed === undefined ? {} : { losses: end(`integration "${name}" ${changed}`) };
}

function entriesAfter(changes: readonly ResourceChange[]): Map<string, string | undefined> {
  return new Map(
    changes
      .filter(({ type, isCreated, isDeleted, isForgotten }) => {
        return type === 'vault_generic_endpoint' && (isCreated || !(isDeleted || isForgotten));
      })
      .flatMap((change) => {
        const name = integrationAt(change.after('path') ?? change.before('path'));
        return name === undefined ? [] : [[name, change.after('data_json')] as const];
      }),
  );
}

function ofPolicy(change: ResourceChange, { renames }: Context): Partial<Consequences> {
  const [, inVault] = /^app-(.+)_policy_[0-9A-F]{8}$/.exec(change.name) ?? [];
  const [before, after] = [change.before('policy'), change.after('policy')];
  if (inVault === undefined) {
    return { notices: after === undefined ? [] : ofCredentials(before, after, renames) };
  }
  if (before !== undefined && after === undefined && change.isDeleted && !change.isCreated) {
    return {};
  }
  const [reads, willRead] = [credentialsIn(before), after === undefined ? credentialsIn(before) : credentialsIn(after)];
  const app = renames.after('app', inVault);
  const [more, less] = [missing(willRead, reads), missing(reads, willRead)];
  return {
    notices: [
      ...(more.length > 0 ? [`app "${app}" may now read ${quotedList(more)}`] : []),
      ...(less.length > 0 ? [`app "${app}" may no longer read ${quotedList(less)}`] : []),
    ],
  };
}

function ofCredentials(before: string | undefined, after: string, renames: Renames): string[] {
  const [from, to] = [integrationsIn(before), integrationsIn(after)];
  return [...from].flatMap(([name, integration]) => {
    const next = to.get(name);
    const former = renames.after('integration', integration);
    return next === undefined
      ? [`credential "${name}" is declared no more; its grant stays until it is revoked`]
      : next === integration
        ? []
        : [
            `credential "${name}" is of integration "${renames.after('integration', next)}" from now on; the grant that it has stays that of "${former}" until it is authorized anew, so keep "${former}" until then`,
          ];
  });
}

/** Not of people, who have roles of the same type. */
function isOfApp({ type, name }: ResourceChange): boolean {
  return type in LOGINS && /^app-.+_role_[0-9A-F]{8}$/.test(name);
}

function ofRole(change: ResourceChange, { renames, roles }: Context): Partial<Consequences> {
  if (!isOfApp(change)) {
    return {};
  }
  const inVault = roleName(change);
  const [kept, gone] = [renames.after('app', inVault), renames.before('app', inVault)];
  const isByAppRole = change.type === 'vault_approle_auth_backend_role';
  const others = roles.filter((other) => other !== change && roleName(other) === inVault);
  if (change.isDeleted && others.some(({ isCreated, type }) => isCreated && type !== change.type)) {
    const ends = isByAppRole ? '; its role id and its secret ids end' : '';
    const [next] = others.filter(({ isCreated }) => isCreated).map(({ type }) => LOGINS[type] ?? '');
    return {
      notices: [`app "${kept}" logs in by ${next ?? ''} from now on, by ${LOGINS[change.type] ?? ''} no more${ends}`],
    };
  }
  if (change.isDeleted && change.isCreated) {
    return {
      notices: isByAppRole
        ? [`app "${kept}" gets another identity: its role id and its secret ids end`]
        : ofMove(change, kept),
    };
  }
  if (change.isDeleted) {
    const what = isByAppRole ? 'its role id and its secret ids end' : 'what it has logs it in no more';
    return { notices: [`app "${gone}" loses its identity: ${what}${renames.howToKeep('app', inVault)}`] };
  }
  if (!change.isCreated) {
    return {};
  }
  const issue = ourCommand('issue', kept);
  return {
    notices: [
      isByAppRole
        ? `app "${kept}" gets an identity; issue it a secret id: ${issue}`
        : `app "${kept}" may log in by ${LOGINS[change.type] ?? ''}, with what it has already; how to tell it so: ${issue}`,
    ],
  };
}

/** The same role made anew, as where an app logs in elsewhere, which it has to know. */
function ofMove(change: ResourceChange, app: string): string[] {
  const [from, to] = [change.before('backend'), change.after('backend')];
  return from === to || to === undefined
    ? []
    : [`app "${app}" logs in at "${to}" from now on, at "${from ?? ''}" no more: VAULT_AUTH_MOUNT=${to}`];
}

function roleName(change: ResourceChange): string {
  const field = change.type === 'vault_cert_auth_backend_role' ? 'name' : 'role_name';
  return change.before(field) ?? change.after(field) ?? '';
}

function ofMethod(change: ResourceChange): Partial<Consequences> {
  return change.isDeleted
    ? {
        notices: [
          `the auth method at "${change.before('path') ?? ''}" goes, with every role in it, also those of others`,
        ],
      }
    : {};
}

function ofClientSecret(change: ResourceChange, { renames }: Context): Partial<Consequences> {
  const [, inVault] = /^integration-(.+)_secret_[0-9A-F]{8}$/.exec(change.name) ?? [];
  if (inVault === undefined || !change.isCreated) {
    return {};
  }
  return {
    notices: [
      `the client secret of "${renames.after('integration', inVault)}" is written${change.isDeleted ? ' again' : ''}`,
    ],
  };
}

function ofServer(change: ResourceChange, { known, changes }: Context): Partial<Consequences> {
  const { notices, loss } = serverConsequences(change, changes);
  return loss === undefined ? { notices } : { losses: lost(known, loss) };
}

function ofRelease(change: ResourceChange, context: Context): Partial<Consequences> {
  const { known, drift, changes, isClusterUnreachable } = context;
  const vanished = drift.find(({ address, isDeleted }) => address === change.address && isDeleted);
  // To Helm's provider, a release whose cluster does not answer is gone: whoever believed that would make a new server.
  if (vanished !== undefined && isClusterUnreachable) {
    return {};
  }
  const { notices, loss } = releaseConsequences(change, { vanished, hasSuccessor: serversAfter(changes).length > 0 });
  return loss === undefined ? { notices } : { losses: lost(known, loss) };
}

/** Name of the integration at a path of the engine; undefined: something else is there. */
function integrationAt(path = ''): string | undefined {
  return /\/servers\/([^/]+)$/.exec(path)?.[1];
}

function lost(credentials: readonly string[], why: string): Loss[] {
  return credentials.map((name) => ({ kind: 'credential', name, why }));
}

/** As the authorizer's policy says it: each credential with the only integration that its consents may come from. */
function credentialsOf(resources: readonly ResourceChange[]): Map<string, string> {
  const policies = resources.filter(
    ({ type, name }) => type === 'vault_policy' && name.startsWith('authorizer_policy_'),
  );
  return new Map(policies.flatMap((policy) => [...integrationsIn(policy.before('policy'))]));
}

function integrationsIn(policy = ''): Map<string, string> {
  const rule = /^path "[^"]*\/creds\/([^"]+)" \{[^}]*?"server" = \["([^"]+)"\]/gm;
  return new Map(
    [...policy.matchAll(rule)]
      .map(([, credential = '', integration = '']) => [credential, integration] as const)
      .filter(([credential]) => !isOnTrial(credential)),
  );
}

function readByApp(resource: ResourceChange): string[] {
  const isOfApp = resource.type === 'vault_policy' && resource.name.startsWith('app-');
  return isOfApp ? credentialsIn(resource.before('policy')) : [];
}

function credentialsIn(policy = ''): string[] {
  return [...policy.matchAll(/^path "[^"]*\/creds\/([^"]+)"/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !isOnTrial(name));
}

/** Where a consent is tried out: nothing is lost with it. */
function isOnTrial(credential: string): boolean {
  return credential.includes('.');
}

function missing(names: readonly string[], from: readonly string[]): string[] {
  return names.filter((name) => !from.includes(name));
}

const client = z.object({ client_id: z.string(), provider_options: z.object({ token_url: z.string() }) });

/** Which client of which Webex an entry is. */
function clientIn(entry: string | undefined): z.output<typeof client> | undefined {
  try {
    return entry === undefined ? undefined : client.safeParse(JSON.parse(entry)).data;
  } catch {
    return undefined;
  }
}
