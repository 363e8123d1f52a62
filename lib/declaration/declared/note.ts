import { ExplainedError, parseJson } from '#core';
import type { z } from 'zod';

/*
 * The note that a stack keeps of its declaration, as one text in Terraform's state.
 */

/** Address of the note in its stack. */
export const NOTE = 'terraform_data.declared';

/** Sorted by name, so another order in the declaration is no change. */
export function byName<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** @throws ExplainedError unless this release has written it */
export function parseNote<Declared>(text: string, declared: z.ZodType<Declared>): Declared {
  const parsed = declared.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ExplainedError(
      `the note ${NOTE} in the state is not in the format of this release, so nobody knows which grants a change ends; use the release that deployed it, or have Terraform forget the note: state rm ${NOTE}`,
    );
  }
  return parsed.data;
}
