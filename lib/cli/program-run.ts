import { type Command, CommanderError } from 'commander';
import {
  type CurrentRun,
  duringRun,
  errorCode,
  exitCodeOf,
  isExplained,
  oneLine,
  refuseEndedRehearsal,
  refuseUnverifiedTls,
  safeText,
  VaultResponseError,
} from '#core';
import { explainedRefusal } from '../operators/server-refusal';
import { cleanUpMsOf, DEBUG_VARIABLE, failureExitCodeOf } from './command';
import { Interrupted, Interruption } from './interruption';
import { repeatedOptions } from './options/repeated-options';

/*
 * One run of a program: exit codes, one line for each error, and Ctrl-C.
 */

export interface RunOptions {
  /**
   * Advice to add to this explained error.
   *
   * @param command the one that failed @default - none was begun
   * @default - nothing
   */
  readonly advise?: (error: Error, command: Command | undefined) => Promise<string | undefined>;
}

/**
 * Parses the command line, runs the action and sets the exit code.
 *
 * At Ctrl-C the signal is aborted, so that the action can clean up; see {@link Interruption} for how long.
 *
 * @returns whether it was interrupted
 */
export async function runCommand(
  build: (signal: AbortSignal) => Command,
  argv = process.argv,
  { advise }: RunOptions = {},
): Promise<boolean> {
  process.stdout.on('error', unlessNobodyReads);
  process.stderr.on('error', unlessNobodyReads);
  using interruption = new Interruption();
  let begun: Command | undefined;
  const run: CurrentRun = {
    repeatedOptions: (name) => (begun === undefined ? [] : repeatedOptions(begun, name)),
    deploymentFile: () => begun?.optsWithGlobals<{ deployment?: string }>().deployment,
  };
  const execute = async (): Promise<void> => {
    try {
      const program = build(interruption.signal).hook('preAction', (_, command) => {
        begun = command;
        refuseUnverifiedTls();
        refuseEndedRehearsal();
        interruption.cleanUpMs = cleanUpMsOf(command) ?? interruption.cleanUpMs;
      });
      await program.parseAsync(argv);
    } catch (error) {
      const isAdvised = isExplained(error) && !interruption.signal.aborted;
      const advice = isAdvised ? await advise?.(error, begun) : undefined;
      const exitCode = report(error, interruption, advice);
      const isFailure = !(error instanceof CommanderError) && interruption.exitCode === undefined;
      process.exitCode = (isFailure && begun && failureExitCodeOf(begun)) || exitCode;
    }
  };
  await duringRun(run, execute);
  return interruption.signal.aborted;
}

/** The reader of the output may stop reading, like `head` or a closed terminal. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') {
    process.stderr.write(`error: the output cannot be written (${errorCode(error)}); give it another place\n`);
    process.exitCode = 1;
  }
}

/** @param advice what an explained error says beside @default - nothing */
function report(error: unknown, interruption: Interruption, advice?: string): number {
  const { exitCode } = interruption;
  if (error instanceof CommanderError) {
    // Commander has already printed its line, or the help that was asked for.
    return error.exitCode;
  }
  // A prompt puts the terminal in raw mode, and reports Ctrl-C by an error of its own.
  const prompted = error instanceof Error && error.name === 'ExitPromptError';
  const aborted = exitCode !== undefined && error instanceof Error && ABORTED.includes(error.name);
  if (prompted || error instanceof Interrupted || aborted) {
    process.stderr.write('interrupted\n');
    return exitCode ?? 130;
  }
  if (error instanceof VaultResponseError) {
    return report(explainedRefusal(error), interruption);
  }
  if (isExplained(error)) {
    process.stderr.write(`error: ${oneLine(advice === undefined ? error.message : `${error.message}; ${advice}`)}\n`);
    if (debugging() && error.cause instanceof Error) {
      process.stderr.write(`${error.cause.stack ?? ''}\n`);
    }
    // An action that was interrupted may have to say what it has left half done.
    return exitCode ?? exitCodeOf(error);
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: unexpected: ${safeText(message)}; set ${DEBUG_VARIABLE}=1 to see where it arose\n`);
  if (debugging() && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  return 1;
}

/** How Node and the prompts say that a signal was aborted. */
const ABORTED = ['AbortError', 'AbortPromptError'];

function debugging(): boolean {
  return process.env[DEBUG_VARIABLE] === '1';
}
