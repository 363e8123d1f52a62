import type { ErrorCode } from './error-code';

/**
 * An error whose message explains it to a person, in one line: what was got, why it is wrong, what to do next.
 *
 * A command prints that line and exits non-zero; anything that is not an `ExplainedError` is a fault of ours.
 */
export class ExplainedError extends Error {
  override name = 'ExplainedError';
  readonly code: ErrorCode = 'ERR_EXPLAINED';
}

/** A command was called in a way that it does not have, or with a name that nobody declared. */
export class UsageError extends ExplainedError {
  override name = 'UsageError';
  override readonly code: ErrorCode = 'ERR_USAGE';
}

/** Code of an error of the operating system, like `ENOENT`, to say in an `ExplainedError`. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

/** `"a", "b", "c"`, or `none`, to name what is known when something is not. */
export function quotedList(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
