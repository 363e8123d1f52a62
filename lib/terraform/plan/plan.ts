import { z } from 'zod';
import { NOTE } from '../../declaration/declared/note';
import { recordedResource, ResourceChange, resourceChange } from './resource-change';

/*
 * A plan in Terraform's JSON form, as far as it is read here.
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
  /** Each resource that was looked at, those that stay as they are included; with `-target` these are not all. */
  readonly changes: readonly ResourceChange[];
  /** Changes that others made to resources since the state was written. */
  readonly drift: readonly ResourceChange[];
  /** Resources of the state, with and without `-target`. */
  readonly recorded: readonly ResourceChange[];
  /** Addresses of all resources that were declared for it. */
  readonly declared: readonly string[];
  /** The note of the declaration that it was made of. @default - it refers to something that Terraform looks up */
  readonly declaredNote?: string;
}

/** @throws z.ZodError where it is no plan */
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

/** @returns each resource of a state, as one that stays as it is @throws z.ZodError where it is no state */
export function recordedIn(json: unknown): ResourceChange[] {
  return resourcesOf(state.parse(json));
}

function resourcesOf({ values }: z.output<typeof state>): ResourceChange[] {
  return (values?.root_module.resources ?? []).map((each) => ResourceChange.recorded(each));
}
