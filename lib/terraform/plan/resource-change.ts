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
    /** Of what Terraform did not know until now. */
    importing: z.object({}).nullish(),
  }),
});

/** A resource of a state. */
export const recordedResource = resource.extend({ values, tainted: z.boolean().default(false) });

const TAINTED = 'replace_because_tainted';

/** What becomes of one resource. */
export class ResourceChange {
  readonly address: string;
  readonly type: string;
  /** Its name in the configuration, such as `declared`. */
  readonly name: string;
  /** Whether Terraform saw its creation fail half way, and replaces it for that. */
  readonly isTainted: boolean;
  readonly #change: z.output<typeof resourceChange>['change'];

  constructor({ address, type, name, change, action_reason: reason }: z.output<typeof resourceChange>) {
    this.address = address;
    this.type = type;
    this.name = name;
    this.isTainted = reason === TAINTED;
    this.#change = change;
  }

  /** One that stays as a state has it. */
  static recorded({ values, tainted, ...known }: z.output<typeof recordedResource>): ResourceChange {
    return new ResourceChange({
      ...known,
      ...(tainted ? { action_reason: TAINTED } : {}),
      change: { actions: [], before: values, after: values },
    });
  }

  /** Whether what is there now goes, be it for a successor. */
  get isDeleted(): boolean {
    return this.#change.actions.includes('delete');
  }

  /** Whether there will be one that is not there now. */
  get isCreated(): boolean {
    return this.#change.actions.includes('create');
  }

  /** Whether Terraform knows of it no more, and leaves it where it is. */
  get isForgotten(): boolean {
    return this.#change.actions.includes('forget');
  }

  /** Whether it is there, and Terraform knows it from now on. */
  get isImported(): boolean {
    return (this.#change.importing ?? undefined) !== undefined;
  }

  get isUpdated(): boolean {
    return this.#change.actions.includes('update');
  }

  /** Whether what is there now goes or is forgotten, and nothing comes in its place at this address. */
  get isGone(): boolean {
    return (this.isDeleted || this.isForgotten) && !this.isCreated;
  }

  /** Value of a text before; undefined: none. */
  before(field: string): string | undefined {
    return textOf(this.#change.before?.[field]);
  }

  /** Values of a list of texts before. */
  listBefore(field: string): readonly string[] {
    return listOf(this.#change.before?.[field]);
  }

  listAfter(field: string): readonly string[] {
    return listOf(this.#change.after?.[field]);
  }

  /** Value of an object, whatever is in it. */
  objectBefore(field: string): unknown {
    return this.#change.before?.[field];
  }

  objectAfter(field: string): unknown {
    return this.#change.after?.[field];
  }

  /** Value of a text afterwards; undefined: none, or known only then. */
  after(field: string): string | undefined {
    return textOf(this.#change.after?.[field]);
  }

  /** Whether a flag is set, afterwards or, of what goes, before. */
  isSet(flag: string): boolean {
    return (this.#change.after ?? this.#change.before)?.[flag] === true;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
