import { inspect } from 'node:util';

/** Why it failed. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const outcome: unknown = await promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) {
    throw new Error(`not an error: ${inspect(outcome)}`);
  }
  return outcome;
}

/** All that a log or a person might see of it. */
export function shownOf(value: unknown): string {
  return `${String(value)}\n${inspect(value, { depth: Infinity, showHidden: true })}\n${JSON.stringify(value)}`;
}
