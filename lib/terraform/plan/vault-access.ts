import { z } from 'zod';
import type { ResourceChange } from './resource-change';

/*
 * What a plan asks of Vault: the paths that Terraform's provider reads and writes for it.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities
 */

export interface VaultAccess {
  readonly path: string;
  /** Each one, or one of several. */
  readonly capabilities: readonly (string | readonly string[])[];
}

/** The stack has one of this shape. */
const reloadTrigger = z.strictObject({ sha256: z.string() });

type Capabilities = VaultAccess['capabilities'];

const sudo = (...capabilities: string[]): Capabilities => [...capabilities, 'sudo'];

/** A path may be one that tells a new object from an old one, or one that takes any write for an update. */
const WRITE: Capabilities = [['create', 'update']];

interface Kind {
  readonly path: (value: (field: string) => string | undefined) => string | undefined;
  /** @default - read */
  readonly read?: Capabilities;
  /** What is read below it as well. @default - nothing */
  readonly readBelow?: string;
  readonly create: Capabilities;
  /** What is written with it, elsewhere. @default - nothing */
  readonly configuration?: (value: (field: string) => string | undefined) => string | undefined;
  /** @default - as to create it */
  readonly update?: Capabilities;
  readonly delete: Capabilities;
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
  vault_auth_backend: {
    path: (value) => below('sys/auth', value('path')),
    read: [],
    create: sudo('update'),
    update: [],
    delete: sudo('delete'),
  },
  vault_jwt_auth_backend: {
    path: (value) => below('sys/auth', value('path')),
    configuration: (value) => configurationOf(value('path')),
    read: [],
    create: sudo('update'),
    update: [],
    delete: sudo('delete'),
  },
  vault_kubernetes_auth_backend_config: {
    path: (value) => configurationOf(value('backend')),
    create: ['update'],
    // It goes with its method.
    delete: [],
  },
  vault_jwt_auth_backend_role: {
    path: (value) => below(`auth/${value('backend') ?? 'jwt'}/role`, value('role_name')),
    create: ['create'],
    update: ['update'],
    delete: ['delete'],
  },
  vault_kubernetes_auth_backend_role: {
    path: (value) => below(`auth/${value('backend') ?? 'kubernetes'}/role`, value('role_name')),
    create: ['create'],
    update: ['update'],
    delete: ['delete'],
  },
  vault_cert_auth_backend_role: {
    path: (value) => below(`auth/${value('backend') ?? 'cert'}/certs`, value('name')),
    create: ['update'],
    delete: ['delete'],
  },
  vault_approle_auth_backend_role: {
    path: (value) => below(`auth/${value('backend') ?? 'approle'}/role`, value('role_name')),
    readBelow: 'role-id',
    create: ['create'],
    update: ['update'],
    delete: ['delete'],
  },
  vault_generic_endpoint: {
    path: (value) => value('path'),
    create: WRITE,
    delete: ['delete'],
  },
};

/** What Terraform reads to learn what has become of the resources that it made. */
export function readAccess(changes: readonly ResourceChange[]): VaultAccess[] {
  return accesses(changes, (change, kind) => [
    ...readingOf(change, kind, kind.path(before(change))),
    ...access(kind.configuration?.(before(change)), ['read']),
  ]);
}

/** What Terraform reads and writes to do what the plan says. */
export function writeAccess(changes: readonly ResourceChange[]): VaultAccess[] {
  const reloads = changes.some((change) => isPluginReload(change) && change.isCreated);
  const reload: VaultAccess[] = reloads ? [{ path: 'sys/plugins/reload/backend', capabilities: ['update'] }] : [];
  const written = accesses(changes, (change, kind) => {
    const [from, to] = [kind.path(before(change)), kind.path(after(change))];
    return [
      ...(change.isDeleted && !change.isSet('disable_delete') ? access(from, kind.delete) : []),
      ...(change.isCreated ? access(to, kind.create) : []),
      ...(change.isUpdated ? access(to, kind.update ?? kind.create) : []),
      ...(change.isCreated || change.isUpdated
        ? [...readingOf(change, kind, to), ...access(kind.configuration?.(after(change)), ['read', 'update'])]
        : []),
      ...(change.type === 'vault_mount' && change.isUpdated ? changesOfMount(change) : []),
    ];
  });
  return [...reload, ...written];
}

/** Whether that is what has Vault run another plugin, by a command of ours. */
export function isPluginReload(change: ResourceChange): boolean {
  const trigger = 'triggers_replace';
  return (
    change.type === 'terraform_data' &&
    reloadTrigger.safeParse(change.objectAfter(trigger) ?? change.objectBefore(trigger)).success
  );
}

const before = (change: ResourceChange) => (field: string) => change.before(field);
const after = (change: ResourceChange) => (field: string) => change.after(field);

function accesses(
  changes: readonly ResourceChange[],
  of: (change: ResourceChange, kind: Kind) => readonly VaultAccess[],
): VaultAccess[] {
  return changes.flatMap((change) => {
    const kind = KINDS[change.type];
    return kind === undefined ? [] : of(change, kind);
  });
}

/** @param path undefined: not known yet */
function access(path: string | undefined, capabilities: Capabilities): VaultAccess[] {
  return path === undefined || capabilities.length === 0 ? [] : [{ path, capabilities }];
}

function readingOf(change: ResourceChange, kind: Kind, path: string | undefined): VaultAccess[] {
  const { read = ['read'], readBelow } = kind;
  return change.isSet('disable_read')
    ? []
    : [
        ...access(path, read),
        ...(readBelow === undefined || path === undefined ? [] : access(`${path}/${readBelow}`, ['read'])),
      ];
}

/** It is tuned afterwards in any case. */
function changesOfMount(change: ResourceChange): VaultAccess[] {
  const path = change.after('path') ?? '';
  const tuning: VaultAccess = { path: `sys/mounts/${path}/tune`, capabilities: ['update'] };
  return path === change.before('path') ? [tuning] : [{ path: 'sys/remount', capabilities: sudo('update') }, tuning];
}

function configurationOf(method: string | undefined): string | undefined {
  return method === undefined ? undefined : `auth/${method}/config`;
}

function below(folder: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${folder}/${name}`;
}
