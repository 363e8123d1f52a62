import { quotedList } from 'webex-token-client/core';
import type { ResourceChange } from './plan';
import { Renames } from './renames';

/*
 * What people will notice of a plan, in the words of the declaration. What was declared before is read from what the
 * state has: the policies of the apps say what they read, the authorizer's says which credential is whose.
 */

export interface Loss {
  readonly credential: string;
  readonly why: string;
}

export interface Consequences {
  readonly notices: readonly string[];
  /** Grants that end, or that cannot be refreshed any more: only a person can give them again. */
  readonly losses: readonly Loss[];
}

/** @param declared names of the declared credentials, for what takes all of them */
export function consequences(changes: readonly ResourceChange[], declared: readonly string[]): Consequences {
  const integrationOf = credentialsOf(changes);
  const known = integrationOf.size > 0 ? [...integrationOf.keys()] : declared;
  const renames = new Renames(changes);
  const context = { integrationOf, known, renames };
  const found = changes.map((change) => CONSEQUENCES[change.type]?.(change, context) ?? {});
  const losses = new Map(found.flatMap(({ losses = [] }) => losses).map((loss) => [loss.credential, loss]));
  const notices = [...renames.notices, ...found.flatMap(({ notices = [] }) => notices)];
  return { notices, losses: [...losses.values()] };
}

interface Context {
  /** Integration of each credential, as it was before; by its name in Vault. */
  readonly integrationOf: ReadonlyMap<string, string>;
  /** Every credential that may hold a grant. */
  readonly known: readonly string[];
  readonly renames: Renames;
}

type Consequence = (change: ResourceChange, context: Context) => Partial<Consequences>;

const CONSEQUENCES: Readonly<Record<string, Consequence>> = {
  vault_mount: ofMount,
  vault_plugin: ofPlugin,
  vault_generic_endpoint: ofIntegration,
  vault_policy: ofPolicy,
  vault_approle_auth_backend_role: ofRole,
  terraform_data: ofClientSecret,
  docker_container: ofServer,
};

function ofMount(change: ResourceChange, { known }: Context): Partial<Consequences> {
  const path = change.before('path') ?? '';
  if (change.isDeleted) {
    return { losses: lost(known, `the engine at "${path}" is deleted, with every grant in it`) };
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

function ofPlugin(change: ResourceChange): Partial<Consequences> {
  const before = change.before('sha256');
  return before === undefined || change.after('sha256') === before || change.after('sha256') === undefined
    ? {}
    : { notices: ['the plugin is replaced and started anew; a refresh that is under way then may lose its grant'] };
}

function ofIntegration(change: ResourceChange, { integrationOf, renames }: Context): Partial<Consequences> {
  const inVault = integrationAt(change.before('path'));
  if (inVault === undefined) {
    return {};
  }
  const credentials = [...integrationOf].filter(([, integration]) => integration === inVault).map(([each]) => each);
  const name = renames.before('integration', inVault);
  // In another place under the same name it is found again, since a grant knows its integration by name.
  if (change.isDeleted && !(change.isCreated && (integrationAt(change.after('path')) ?? inVault) === inVault)) {
    return {
      notices: [`integration "${name}" goes${renames.howToKeep('integration', inVault)}`],
      losses: lost(credentials, `without integration "${name}" it cannot be refreshed`),
    };
  }
  const [from, to] = [clientIdIn(change.before('data_json')), clientIdIn(change.after('data_json'))];
  return from === undefined || to === undefined || from === to
    ? {}
    : {
        losses: lost(
          credentials,
          `integration "${name}" gets another client id, and Webex refreshes for the old one only`,
        ),
      };
}

function ofPolicy(change: ResourceChange, { renames }: Context): Partial<Consequences> {
  const [, inVault] = /^app-(.+)_policy_[0-9A-F]{8}$/.exec(change.name) ?? [];
  const [before, after] = [change.before('policy'), change.after('policy')];
  if (inVault === undefined) {
    const gone = after === undefined ? [] : missing(credentialsIn(before), credentialsIn(after));
    return {
      notices: gone.map((name) => `credential "${name}" is declared no more; its grant stays until it is revoked`),
    };
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

function ofRole(change: ResourceChange, { renames }: Context): Partial<Consequences> {
  const inVault = change.before('role_name') ?? change.after('role_name') ?? '';
  if (change.isDeleted && change.isCreated) {
    return {
      notices: [`app "${renames.after('app', inVault)}" gets another identity: its role id and its secret ids end`],
    };
  }
  if (change.isDeleted) {
    const what = `app "${renames.before('app', inVault)}" loses its identity: its role id and its secret ids end`;
    return { notices: [`${what}${renames.howToKeep('app', inVault)}`] };
  }
  const name = renames.after('app', inVault);
  return change.isCreated
    ? { notices: [`app "${name}" gets an identity; issue it a secret id: npx webex-token-vault issue ${name}`] }
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

/** A server in dev mode forgets all with its container; in production nothing that Terraform deletes holds a grant. */
function ofServer(change: ResourceChange, { known }: Context): Partial<Consequences> {
  const name = change.before('name') ?? '';
  // What only carries files is never started, though it has the command of its image, which may be that of dev mode.
  if (!change.isDeleted || !change.isSet('start')) {
    return {};
  }
  if (change.listBefore('command').includes('-dev')) {
    return { losses: lost(known, `the server "${name}" keeps all in memory, and is stopped`) };
  }
  const successor = change.isCreated ? ', and another one started in its place, to be unsealed' : '';
  return { notices: [`the server "${name}" is stopped${successor}`] };
}

/** Name of the integration at a path of the engine; undefined: something else is there. */
function integrationAt(path = ''): string | undefined {
  return /\/servers\/([^/]+)$/.exec(path)?.[1];
}

function lost(credentials: readonly string[], why: string): Loss[] {
  return credentials.map((credential) => ({ credential, why }));
}

/** As the authorizer's policy says it: each credential with the only integration that its consents may come from. */
function credentialsOf(changes: readonly ResourceChange[]): Map<string, string> {
  const policies = changes.filter(({ type, name }) => type === 'vault_policy' && name.startsWith('authorizer_policy_'));
  const rule = /^path "[^"]*\/creds\/([^"]+)" \{[^}]*?"server" = \["([^"]+)"\]/gm;
  return new Map(
    policies
      .flatMap((policy) => [...(policy.before('policy') ?? '').matchAll(rule)])
      .map(([, credential = '', integration = '']) => [credential, integration] as const)
      .filter(([credential]) => !isOnTrial(credential)),
  );
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

function clientIdIn(entry: string | undefined): unknown {
  try {
    return entry === undefined ? undefined : (JSON.parse(entry) as { client_id?: unknown }).client_id;
  } catch {
    return undefined;
  }
}
