import type { z } from 'zod';
import { described } from '../schema/fields';

/** Names of zod's types of values, in words of a declaration. */
const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

/** Message about a value of the wrong type, for fields without a message of their own. */
export function valueProblem(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected] ?? issue.expected;
    return issue.input === undefined
      ? `is missing; give ${kind}`
      : `must be ${kind}, got ${shown(issue.input)}; correct it there`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map((value) => described(value)).join(', ');
    return `must be one of ${values}, got ${shown(issue.input)}; give one of these`;
  }
  return undefined;
}

function shown(value: unknown): string {
  return Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'an object' : described(value);
}
