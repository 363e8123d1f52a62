import { inspect } from 'node:util';

/** The error of a promise that must reject. */
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
