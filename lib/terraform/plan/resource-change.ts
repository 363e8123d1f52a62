import { z } from 'zod';

const values = z.record(z.string(), z.unknown()).nullish();

const resource = z.object({ address: z.string(), type: z.string(), name: z.string() });

/** @see https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
export const resourceChange = resource.extend({
  /** Why Terraform replaces it. */
  action_reason: z.string().nullish(),
  change: z.object({
    actions: z.array(z.string()),
    before: values,
    after: values,
    importing: z.object({}).nullish(),
  }),
});

export const recordedResource = resource.extend({ values, tainted: z.boolean().default(false) });

const TAINTED = 'replace_because_tainted';

export class ResourceChange {
  readonly address: string;
  readonly type: string;
  /** Name in the configuration, such as `declared`. */
  readonly name: string;
  /** Whether Terraform saw the creation fail half way, and therefore replaces the resource. */
  readonly isTainted: boolean;
  readonly #change: z.output<typeof resourceChange>['change'];

  constructor({ address, type, name, change, action_reason: reason }: z.output<typeof resourceChange>) {
    this.address = address;
    this.type = type;
    this.name = name;
    this.isTainted = reason === TAINTED;
    this.#change = change;
  }

  /** A resource that stays as the state has it. */
  static recorded({ values, tainted, ...known }: z.output<typeof recordedResource>): ResourceChange {
    return new ResourceChange({
      ...known,
      ...(tainted ? { action_reason: TAINTED } : {}),
      change: { actions: [], before: values, after: values },
    });
  }

  /** Whether the present object is deleted, with or without a successor. */
  get isDeleted(): boolean {
    return this.#does('delete');
  }

  get isCreated(): boolean {
    return this.#does('create');
  }

  /** Whether it is created where nothing was. */
  get isNew(): boolean {
    return this.isCreated && !this.isDeleted;
  }

  /** Whether Terraform removes it from the state, and leaves the object where it is. */
  get isForgotten(): boolean {
    return this.#does('forget');
  }

  get isUpdated(): boolean {
    return this.#does('update');
  }

  get isWritten(): boolean {
    return this.isCreated || this.isUpdated;
  }

  get isImported(): boolean {
    return (this.#change.importing ?? undefined) !== undefined;
  }

  /** Whether it is deleted or forgotten, and nothing replaces it at this address. */
  get isGone(): boolean {
    return (this.isDeleted || this.isForgotten) && !this.isCreated;
  }

  get isAuthMethod(): boolean {
    return ['vault_auth_backend', 'vault_jwt_auth_backend'].includes(this.type);
  }

  /** Whether it is the mount of the engine. The mounts of the records and the healing secrets hold no grant. */
  get isEngineMount(): boolean {
    return this.type === 'vault_mount' && (this.before('type') ?? this.after('type')) !== 'kv';
  }

  /**
   * Whether Terraform would replace it only because it could not read it after its creation. A replacement would delete the
   * engine, or end without the policy or plugin. An entry with a secret is written again, because the secret comes after it.
   */
  get isHalfMade(): boolean {
    return this.isTainted && this.type.startsWith('vault_') && this.type !== 'vault_generic_endpoint';
  }

  /** A text before the change. */
  before(field: string): string | undefined {
    return textOf(this.valueBefore(field));
  }

  /** A text after the change; undefined also if it is known only after the apply. */
  after(field: string): string | undefined {
    return textOf(this.valueAfter(field));
  }

  valueBefore(field: string): unknown {
    return this.#change.before?.[field];
  }

  valueAfter(field: string): unknown {
    return this.#change.after?.[field];
  }

  /** Whether a flag is set after the change, or before a deletion. */
  isSet(flag: string): boolean {
    return (this.#change.after ?? this.#change.before)?.[flag] === true;
  }

  #does(action: string): boolean {
    return this.#change.actions.includes(action);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
