import { createRequire } from 'node:module';
import { Command } from 'commander';
import { commandLine } from '#core/command/command-line';
import { UsageError } from '#core/explained-error';
import { describeCommand } from '../lib/cli/command';
import { addCommands } from '../lib/cli/command-tree';
import { COMMANDS } from '../lib/cli/commands';
import { deploymentOption } from '../lib/cli/options/repeated-options';
import { runCommand } from '../lib/cli/program-run';

/*
 * The program webex-token-vault. It loads only the file of the called command.
 */

/** Exports of the file of a command. */
interface CommandModule {
  /** Gives the command its arguments, options and action. @param signal aborted at Ctrl-C */
  readonly define: (command: Command, signal: AbortSignal) => void;
}

/** Runs the command of the command line, and ends the process after an interruption. */
export async function main(version: string): Promise<void> {
  if (await runProgram(version)) {
    // An unfinished download or build ends with this process.
    process.exit();
  }
}

/** Runs the command of the command line. @returns whether it was interrupted */
export function runProgram(version: string): Promise<boolean> {
  return runCommand((signal) => buildProgram(version, signal));
}

/** @param signal aborted at Ctrl-C */
export function buildProgram(version: string, signal: AbortSignal): Command {
  const program = new Command('webex-token-vault').configureHelp({ showGlobalOptions: true });
  describeCommand(program, {
    summary: 'Keeps Webex OAuth grants in Vault or OpenBao: declare them, authorize once, read fresh access tokens.',
    examples: {
      'webex-token-vault deploy': 'Make Vault match the declaration',
      'webex-token-vault authorize testauth': 'Have a person consent in the browser',
      'webex-token-vault status': 'Show the state of every grant',
      'source <(webex-token-vault completion bash)': 'Complete command lines in this shell',
    },
  });
  program
    .usage('<command> [options]')
    .version(version, '-V, --version', 'Print the version')
    .addOption(deploymentOption())
    .helpOption('-h, --help', 'Show this help');
  addCommands(program, (path, command) => loadCommand(path).define(command, signal));
  program.command('help [command...]', { hidden: true }).action(async (words: readonly string[]) => {
    refuseUnknown(words[0]);
    await program.parseAsync([...words, '--help'], { from: 'user' });
  });
  // Commander would show the program's help for `nosuch --help`.
  program.on('beforeHelp', () => refuseUnknown(program.args.find((word) => !word.startsWith('-'))));
  return program;
}

/** @throws UsageError if there is no such command */
function refuseUnknown(name: string | undefined): void {
  if (name !== undefined && name !== 'help' && !COMMANDS.some((command) => command.name === name)) {
    throw new UsageError(`unknown command "${name}"; see ${commandLine('--help')}`);
  }
}

/** Loads the file of a command by `require`, because tsx would start a thread for `import()`. */
function loadCommand(path: readonly string[]): CommandModule {
  return createRequire(__filename)(`./${path.join('/')}`) as CommandModule;
}
