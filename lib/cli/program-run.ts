import { type Command, CommanderError } from 'commander';
import { type CurrentRun, duringRun } from '#core/command/command-line';
import { refuseEndedRehearsal } from '#core/command/ended-rehearsal';
import { errorCode, isReaderGone } from '#core/explained-error';
import { refuseUnverifiedTls } from '#core/http/tls-requirement';
import { descriptionOf } from './command';
import { Interruption } from './interruption';
import { repeatedOptions } from './options/repeated-options';

/*
 * One run of a program: exit codes, one line for each error, and Ctrl-C. `--help` loads this file, so it loads little.
 */

/**
 * Parses the command line, runs the action and sets the exit code.
 *
 * Ctrl-C aborts the signal, so the action can clean up; see {@link Interruption} for how long.
 *
 * @returns whether the run was interrupted
 */
export async function runCommand(
  build: (signal: AbortSignal) => Command,
  argv: readonly string[] = process.argv,
): Promise<boolean> {
  process.stdout.on('error', unlessNobodyReads);
  process.stderr.on('error', unlessNobodyReads);
  using interruption = new Interruption();
  let begun: Command | undefined;
  const run: CurrentRun = {
    repeatedOptions: (name) => (begun === undefined ? [] : repeatedOptions(begun, name)),
    deploymentFile: () => begun?.optsWithGlobals<{ deployment?: string }>().deployment,
  };
  await duringRun(run, async () => {
    try {
      const program = build(interruption.signal).hook('preAction', (_, command) => {
        begun = command;
        refuseUnverifiedTls();
        refuseEndedRehearsal();
        interruption.cleanUpMs = descriptionOf(command).cleanUpMs ?? interruption.cleanUpMs;
      });
      await program.parseAsync(argv);
    } catch (error) {
      process.exitCode = await exitCodeAfter(error, interruption, begun);
    }
  });
  return interruption.signal.aborted;
}

async function exitCodeAfter(error: unknown, interruption: Interruption, begun?: Command): Promise<number> {
  if (error instanceof CommanderError) {
    // Commander has already printed its line, or the help.
    return error.exitCode;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would have tsx start a thread
  const { reportError } = require('./error-report') as typeof import('./error-report');
  const exitCode = await reportError(error, interruption, begun);
  const failureExitCode =
    begun && interruption.exitCode === undefined ? descriptionOf(begun).failureExitCode : undefined;
  return failureExitCode ?? exitCode;
}

/** The reader of the output may stop reading, like `head` or a closed terminal. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
  if (!isReaderGone(error)) {
    process.stderr.write(`error: the output cannot be written (${errorCode(error)}); write it to another place\n`);
    process.exitCode = 1;
  }
}
