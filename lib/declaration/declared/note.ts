import { ExplainedError, parseJson } from '#core';
import type { z } from 'zod';

/*
 * The note of a stack about its declaration. It is one text in Terraform's state.
 */

/** Address of the note in its stack. */
export const NOTE = 'terraform_data.declared';

/** Sorts by name, so another order in the declaration is not a change. */
export function byName<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** @throws ExplainedError if another release wrote the note in another format */
export function parseNote<Declared>(text: string, declared: z.ZodType<Declared>): Declared {
  const parsed = declared.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ExplainedError(
      `the note ${NOTE} in the state has another release's format, so lost grants would go unnoticed. Use the release that deployed it. Or remove the note, in the folder of the stack: terraform state rm ${NOTE}`,
    );
  }
  return parsed.data;
}
