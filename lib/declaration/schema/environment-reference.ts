import { z } from 'zod';
import { described, strictObject } from './fields';
import { rules } from './rules';

/** The value of an environment variable, in the place of a text in YAML or JSON. */
export const environmentReference = strictObject({
  /** Name of the variable. If it is unset, the field is left out, or has the default. */
  env: z
    .string({ error: nameProblem })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: nameProblem })
    .register(rules, { rule: 'letters, digits or "_"; no digit comes first' }),
  /** Text of the field if the variable is unset. */
  default: z.string({ error: ({ input }) => `must be a text in quotes, got ${described(input)}` }).optional(),
});

function nameProblem({ input }: { readonly input?: unknown }): string {
  return `must be the name of an environment variable, got ${described(input)}; write letters, digits or "_", and no digit first`;
}
