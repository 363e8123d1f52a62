/**
 * An error that the person at the terminal can act on.
 *
 * Its message is one line: what was got, why it is wrong, what to do next. Commands print that line and exit
 * non-zero; anything that is not a `UserError` is a fault of ours.
 */
export class UserError extends Error {
  override name = 'UserError';

  constructor(
    message: string,
    /** Exit code of the command that ends with this error. */
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** Code of an error of the operating system, like `ENOENT`, to say in a `UserError`. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

/** `"a", "b", "c"`, or `none`, to name what is known when something is not. */
export function quotedList(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
