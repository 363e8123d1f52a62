import { z } from 'zod';

/*
 * A plan in Terraform's JSON form, as far as it is read here.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */

const values = z.record(z.string(), z.unknown()).nullish();

const resource = z.object({ address: z.string(), type: z.string(), name: z.string() });

const resourceChange = resource.extend({
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

const state = z.object({
  values: z
    .object({
      root_module: z.object({
        resources: z.array(resource.extend({ values, tainted: z.boolean().default(false) })).default([]),
      }),
    })
    .optional(),
});

const configuration = z.object({
  root_module: z.object({ resources: z.array(z.object({ address: z.string() })).default([]) }),
});

const plan = z.object({
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  prior_state: state.default({}),
  configuration: configuration.default({ root_module: { resources: [] } }),
});

const TAINTED = 'replace_because_tainted';

/** What becomes of one resource. */
export class ResourceChange {
  readonly address: string;
  readonly type: string;
  /** Its name in the configuration, such as `app-people-me_role_A0AF59C8`. */
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

export interface Plan {
  /** Each resource that was looked at, those that stay as they are included; with `-target` these are not all. */
  readonly changes: readonly ResourceChange[];
  /** What has become of resources since the state was written, by others. */
  readonly drift: readonly ResourceChange[];
  /** What the state has, whatever is looked at. */
  readonly recorded: readonly ResourceChange[];
  /** Addresses of all resources that were declared for it. */
  readonly declared: readonly string[];
}

/** @throws z.ZodError where it is no plan */
export function planOf(json: unknown): Plan {
  const { resource_changes, resource_drift, prior_state, configuration } = plan.parse(json);
  return {
    changes: resource_changes.map((change) => new ResourceChange(change)),
    drift: resource_drift.map((change) => new ResourceChange(change)),
    recorded: resourcesOf(prior_state),
    declared: configuration.root_module.resources.map(({ address }) => address),
  };
}

/** @returns each resource of a state, as one that stays as it is @throws z.ZodError where it is no state */
export function recordedIn(json: unknown): ResourceChange[] {
  return resourcesOf(state.parse(json));
}

function resourcesOf({ values: recorded }: z.output<typeof state>): ResourceChange[] {
  return (recorded?.root_module.resources ?? []).map(
    ({ values, tainted, ...known }) =>
      new ResourceChange({
        ...known,
        ...(tainted ? { action_reason: TAINTED } : {}),
        change: { actions: [], before: values, after: values },
      }),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
