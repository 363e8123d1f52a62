import { errorCode, ExplainedError } from '#core';

/** Errors of these streams are told by `print`, or by nobody: where stderr is closed, there is no place for them. */
export function surviveClosedOutput(): void {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

/**
 * Writes a line to stdout.
 *
 * @throws ExplainedError where it cannot be written; that nobody reads it (any more) is no error
 */
export async function print(text: string): Promise<void> {
  const error = await new Promise<Error | null | undefined>((resolve) => process.stdout.write(`${text}\n`, resolve));
  if (error && !NOBODY_READS.includes(errorCode(error))) {
    throw new ExplainedError(
      `the output cannot be written (${errorCode(error)}); free some space, or write to another place`,
    );
  }
}

/** A pipe whose reader has ended, and a terminal that was closed. */
const NOBODY_READS = ['EPIPE', 'EIO'];
