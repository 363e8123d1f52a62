import { type ErrorCode, ExplainedError, hasCode } from 'webex-token-client';

/*
 * A command of the samples. It prints one line for each error, sets an exit code, and handles Ctrl-C.
 */

/** The Webex API. `WEBEX_API_URL` replaces it, for example by a simulated one. */
export const WEBEX_API_URL = (process.env.WEBEX_API_URL ?? 'https://webexapis.com/v1').replace(/\/+$/, '');

/** The command line is wrong. */
export class UsageError extends ExplainedError {
  override name = 'UsageError';
  override readonly code: ErrorCode = 'ERR_USAGE';
}

/** Exit codes by the action of the caller. `webex-token` has the same ones. */
const EXIT_CODES: readonly (readonly [number, readonly ErrorCode[]])[] = [
  [2, ['ERR_USAGE']],
  [3, ['ERR_NOT_AUTHORIZED_YET', 'ERR_AUTHORIZATION_PENDING', 'ERR_REAUTHORIZATION_REQUIRED']],
  [4, ['ERR_TEMPORARILY_UNAVAILABLE', 'ERR_VAULT_SEALED', 'ERR_VAULT_UNREACHABLE', 'ERR_WEBEX_UNREACHABLE']],
  [5, ['ERR_NOT_PERMITTED']],
];

/**
 * Runs a command and sets the exit code of the process.
 *
 * @param action cleans up after its signal aborts at the first Ctrl-C; a second Ctrl-C ends the process
 */
export async function runCommand(action: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  signals.forEach((signal) => process.once(signal, interrupt));
  try {
    await action(interruption.signal);
  } catch (error) {
    process.exitCode = interruption.signal.aborted ? 130 : exitCodeOf(error);
    note(
      interruption.signal.aborted ? 'interrupted' : `error: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    signals.forEach((signal) => process.off(signal, interrupt));
  }
}

/** Prints a line for the person at the terminal. Standard output is for the result. */
export function note(line: string): void {
  console.error(line);
}

function exitCodeOf(error: unknown): number {
  // Errors of Node's parseArgs are wrong usage.
  const isUsage = /^ERR_PARSE_ARGS_/.test(String((error as NodeJS.ErrnoException).code));
  return isUsage ? 2 : (EXIT_CODES.find(([, codes]) => hasCode(error, ...codes))?.[0] ?? 1);
}
