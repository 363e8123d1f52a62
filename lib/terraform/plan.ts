import { z } from 'zod';

/*
 * A plan in Terraform's JSON form, as far as it is read here.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */

const values = z.record(z.string(), z.unknown()).nullish();

const resourceChange = z.object({
  address: z.string(),
  type: z.string(),
  name: z.string(),
  change: z.object({ actions: z.array(z.string()), before: values, after: values }),
});

const plan = z.object({ resource_changes: z.array(resourceChange).default([]) });

/** What becomes of one resource. */
export class ResourceChange {
  readonly type: string;
  /** Its name in the configuration, such as `app-people-me_role_A0AF59C8`. */
  readonly name: string;
  readonly #change: z.output<typeof resourceChange>['change'];

  constructor({ type, name, change }: z.output<typeof resourceChange>) {
    this.type = type;
    this.name = name;
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

  get isUpdated(): boolean {
    return this.#change.actions.includes('update');
  }

  /** Value of a text before; undefined: none. */
  before(field: string): string | undefined {
    return textOf(this.#change.before?.[field]);
  }

  /** Values of a list of texts before. */
  listBefore(field: string): readonly string[] {
    const value = this.#change.before?.[field];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** Value of a text afterwards; undefined: none, or known only then. */
  after(field: string): string | undefined {
    return textOf(this.#change.after?.[field]);
  }
}

/** @returns each resource, those that stay as they are included */
export function resourceChanges(json: unknown): ResourceChange[] {
  return plan.parse(json).resource_changes.map((change) => new ResourceChange(change));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
