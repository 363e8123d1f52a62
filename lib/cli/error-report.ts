import type { Command } from 'commander';
import { exitCodeOf, hasCode, isExplained, oneLine, safeText } from '#core';
import { explained } from '../operators/server-refusal';
import { DEBUG_VARIABLE } from './command';
import { Interrupted, type Interruption } from './interruption';

/** Names of the errors by which Node and the prompts report an aborted signal. */
const ABORTED = ['AbortError', 'AbortPromptError'];

/** Prints one line for an error that ended a run of the command. @returns the exit code */
export async function reportError(error: unknown, interruption: Interruption, begun?: Command): Promise<number> {
  const { exitCode } = interruption;
  // A prompt puts the terminal in raw mode, and reports Ctrl-C by an error of its own.
  const prompted = error instanceof Error && error.name === 'ExitPromptError';
  const aborted = exitCode !== undefined && error instanceof Error && ABORTED.includes(error.name);
  if (prompted || error instanceof Interrupted || aborted) {
    process.stderr.write('interrupted\n');
    return exitCode ?? 130;
  }
  const problem = explained(error);
  if (isExplained(problem)) {
    const advice = interruption.signal.aborted ? undefined : await adviceOn(problem, begun);
    const message = advice === undefined ? problem.message : `${problem.message}; ${advice}`;
    process.stderr.write(`error: ${oneLine(message)}\n`);
    showStack(problem.cause);
    // An interrupted action may have to report its unfinished work.
    return exitCode ?? exitCodeOf(problem);
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: unexpected: ${safeText(message)}; set ${DEBUG_VARIABLE}=1 to see its stack\n`);
  showStack(error);
  return 1;
}

/** The declaration adds advice about the server. Other errors need none, so they do not load a declaration. */
async function adviceOn(error: Error, begun: Command | undefined): Promise<string | undefined> {
  if (!hasCode(error, 'ERR_VAULT_UNREACHABLE', 'ERR_VAULT_SEALED')) {
    return undefined;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would have tsx start a thread
  const { serverAdvice } = require('./server-advice') as typeof import('./server-advice');
  return await serverAdvice(error, begun);
}

function showStack(error: unknown): void {
  if (process.env[DEBUG_VARIABLE] === '1' && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
}
