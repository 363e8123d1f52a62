import { z } from 'zod';
import type { NeededRight } from '../../vault/missing-rights';
import type { ResourceChange } from './resource-change';

/*
 * Paths of Vault that Terraform's provider reads and writes for a plan.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities
 */

/** The resource that has Vault reload the plugin. */
const reloadTrigger = z.strictObject({ sha256: z.string() });

type Capabilities = NeededRight['capabilities'];
/** Value of a field, before or after the change. */
type Value = (field: string) => string | undefined;

const sudo = (...capabilities: string[]): Capabilities => [...capabilities, 'sudo'];

/** Depending on the path, Vault takes a write of a new object for a `create`, or each write for an `update`. */
const WRITE: Capabilities = [['create', 'update']];

interface Kind {
  readonly path: (value: Value) => string | undefined;
  /** @default - read */
  readonly read?: Capabilities;
  /** Read too, below the path. @default - nothing */
  readonly readBelow?: string;
  readonly create: Capabilities;
  /** Written too, at another path. @default - nothing */
  readonly configuration?: (value: Value) => string | undefined;
  /** @default - as `create` */
  readonly update?: Capabilities;
  readonly delete: Capabilities;
}

const METHOD: Kind = {
  path: (value) => below('sys/auth', value('path')),
  read: [],
  create: sudo('update'),
  update: [],
  delete: sudo('delete'),
};

function roleOf(method: string): Kind {
  return {
    path: (value) => below(`auth/${value('backend') ?? method}/role`, value('role_name')),
    create: ['create'],
    update: ['update'],
    delete: ['delete'],
  };
}

const KINDS: Readonly<Record<string, Kind>> = {
  vault_policy: {
    path: (value) => below('sys/policies/acl', value('name')),
    create: WRITE,
    delete: ['delete'],
  },
  vault_plugin: {
    path: (value) => below('sys/plugins/catalog/secret', value('name')),
    read: sudo('read'),
    create: sudo('update'),
    delete: sudo('delete'),
  },
  vault_mount: {
    path: (value) => below('sys/mounts', value('path')),
    create: ['update'],
    update: [],
    delete: ['delete'],
  },
  vault_auth_backend: METHOD,
  vault_jwt_auth_backend: { ...METHOD, configuration: (value) => configurationOf(value('path')) },
  vault_kubernetes_auth_backend_config: {
    path: (value) => configurationOf(value('backend')),
    create: ['update'],
    // Vault deletes it with its method.
    delete: [],
  },
  vault_jwt_auth_backend_role: roleOf('jwt'),
  vault_kubernetes_auth_backend_role: roleOf('kubernetes'),
  vault_approle_auth_backend_role: { ...roleOf('approle'), readBelow: 'role-id' },
  vault_cert_auth_backend_role: {
    path: (value) => below(`auth/${value('backend') ?? 'cert'}/certs`, value('name')),
    create: ['update'],
    delete: ['delete'],
  },
  vault_generic_endpoint: {
    path: (value) => value('path'),
    create: WRITE,
    delete: ['delete'],
  },
};

/** Reads by which Terraform refreshes the resources of its state. */
export function readAccess(changes: readonly ResourceChange[]): NeededRight[] {
  return accesses(changes, (change, kind) => [
    ...readingOf(change, kind, kind.path(before(change))),
    ...access(kind.configuration?.(before(change)), ['read']),
  ]);
}

/** Reads and writes by which Terraform applies the plan. */
export function writeAccess(changes: readonly ResourceChange[]): NeededRight[] {
  const written = accesses(changes, (change, kind) => {
    const [from, to] = [kind.path(before(change)), kind.path(after(change))];
    return [
      ...(change.isDeleted && !change.isSet('disable_delete') ? access(from, kind.delete) : []),
      ...(change.isCreated ? access(to, kind.create) : []),
      ...(change.isUpdated ? access(to, kind.update ?? kind.create) : []),
      ...(change.isWritten
        ? [...readingOf(change, kind, to), ...access(kind.configuration?.(after(change)), ['read', 'update'])]
        : []),
      ...(change.type === 'vault_mount' && change.isUpdated ? changesOfMount(change) : []),
    ];
  });
  return [...(reloadsPlugin(changes) ? access('sys/plugins/reload/backend', ['update']) : []), ...written];
}

/** Whether a command of ours has Vault reload the plugin. */
export function reloadsPlugin(changes: readonly ResourceChange[]): boolean {
  return changes.some(
    (change) =>
      change.type === 'terraform_data' &&
      change.isCreated &&
      reloadTrigger.safeParse(change.valueAfter('triggers_replace') ?? change.valueBefore('triggers_replace')).success,
  );
}

const before = (change: ResourceChange) => (field: string) => change.before(field);
const after = (change: ResourceChange) => (field: string) => change.after(field);

function accesses(
  changes: readonly ResourceChange[],
  of: (change: ResourceChange, kind: Kind) => readonly NeededRight[],
): NeededRight[] {
  return changes.flatMap((change) => {
    const kind = KINDS[change.type];
    return kind === undefined ? [] : of(change, kind);
  });
}

/** @param path undefined if it is not known yet */
function access(path: string | undefined, capabilities: Capabilities): NeededRight[] {
  return path === undefined || capabilities.length === 0 ? [] : [{ path, capabilities }];
}

function readingOf(change: ResourceChange, kind: Kind, path: string | undefined): NeededRight[] {
  const { read = ['read'], readBelow } = kind;
  return change.isSet('disable_read')
    ? []
    : [
        ...access(path, read),
        ...(readBelow === undefined || path === undefined ? [] : access(`${path}/${readBelow}`, ['read'])),
      ];
}

/** The provider tunes a mount after each change. */
function changesOfMount(change: ResourceChange): NeededRight[] {
  const path = change.after('path') ?? '';
  const tuning: NeededRight = { path: `sys/mounts/${path}/tune`, capabilities: ['update'] };
  return path === change.before('path') ? [tuning] : [{ path: 'sys/remount', capabilities: sudo('update') }, tuning];
}

function configurationOf(method: string | undefined): string | undefined {
  return method === undefined ? undefined : `auth/${method}/config`;
}

function below(folder: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${folder}/${name}`;
}
