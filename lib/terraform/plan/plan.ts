import { z } from 'zod';
import { NOTE } from '../../declaration/declared/note';
import { recordedResource, ResourceChange, resourceChange } from './resource-change';

/*
 * A plan in Terraform's JSON form.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */

const state = z.object({
  values: z.object({ root_module: z.object({ resources: z.array(recordedResource).default([]) }) }).optional(),
});

const declaredResource = z.object({
  address: z.string(),
  expressions: z.object({ input: z.object({ constant_value: z.unknown() }).optional() }).default({}),
});

const plan = z.object({
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  prior_state: state.default({}),
  configuration: z
    .object({ root_module: z.object({ resources: z.array(declaredResource).default([]) }) })
    .default({ root_module: { resources: [] } }),
});

export interface Plan {
  /** Each resource that Terraform looked at, changed or not. With `-target`, a part of the stack is missing. */
  readonly changes: readonly ResourceChange[];
  /** Changes that others made to resources since the state was written. */
  readonly drift: readonly ResourceChange[];
  /** Resources of the state, with and without `-target`. */
  readonly recorded: readonly ResourceChange[];
  /** Addresses of all declared resources. */
  readonly declared: readonly string[];
  /** The note of the declaration that the plan was made from. @default - it refers to something that Terraform looks up */
  readonly declaredNote?: string;
}

export function planOf(json: unknown): Plan {
  const { resource_changes, resource_drift, prior_state, configuration } = plan.parse(json);
  const { resources } = configuration.root_module;
  const note = resources.find(({ address }) => address === NOTE)?.expressions.input?.constant_value;
  return {
    changes: resource_changes.map((change) => new ResourceChange(change)),
    drift: resource_drift.map((change) => new ResourceChange(change)),
    recorded: resourcesOf(prior_state),
    declared: resources.map(({ address }) => address),
    ...(typeof note === 'string' ? { declaredNote: note } : {}),
  };
}

/** @returns each resource of a state, as one that stays @throws z.ZodError if it is no state */
export function recordedIn(json: unknown): ResourceChange[] {
  return resourcesOf(state.parse(json));
}

function resourcesOf({ values }: z.output<typeof state>): ResourceChange[] {
  return (values?.root_module.resources ?? []).map((each) => ResourceChange.recorded(each));
}

/** The note of the former declaration. A plan of a part of the stack leaves the note out, and the state still has it. */
export function noteIn({ changes, recorded }: Plan) {
  const planned = changes.find(({ address }) => address === NOTE);
  const known = planned ?? recorded.find(({ address }) => address === NOTE);
  return {
    text: known?.before('input'),
    /** Whether the plan writes the present declaration, and so looks at the whole stack. */
    isWritten: planned?.isWritten === true,
    /** Whether the plan changes something, and leaves the note as the state has it. */
    isLeftOut: planned === undefined && changes.some(({ isWritten }) => isWritten),
  };
}
