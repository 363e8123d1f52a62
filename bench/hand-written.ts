import { evaluate } from '../rehearsal/applier/expressions';

/**
 * A synthesized stack as somebody would write it by hand in JSON: the same resources with the same values, without what
 * CDKTF notes of each, and policies as plain texts.
 */
export function handWritten(stack: string): string {
  const { resource, ...others } = JSON.parse(stack) as Record<string, unknown>;
  return JSON.stringify({ ...plain(others), resource: plain(resource) }, undefined, 2);
}

function plain(value: unknown): object {
  return withoutNotes(value) as object;
}

function withoutNotes(value: unknown): unknown {
  if (typeof value === 'string') {
    // Only what is in quotes; references are for Terraform.
    return value.startsWith('${"') ? evaluate(value, (reference) => `\${${reference.join('.')}}`) : value;
  }
  if (Array.isArray(value)) {
    return value.map(withoutNotes);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => key !== '//')
          .map(([key, item]) => [key, withoutNotes(item)]),
      )
    : value;
}
