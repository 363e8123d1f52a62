import { createRequire } from 'node:module';
import { Command } from 'commander';
import { commandLine } from '#core/command/command-line';
import { ExplainedError, UsageError } from '#core/explained-error';
import { describeCommand } from '../lib/cli/command';
import { CommandTree } from '../lib/cli/command-tree';
import { COMMANDS } from '../lib/cli/commands';
import { deploymentOption } from '../lib/cli/options/deployment-option';
import { runCommand } from '../lib/cli/program-run';

/*
 * The program webex-token-vault. It loads the file of the command that is called, so that none waits for what another one
 * needs.
 */

/** What the file of a command exports. */
interface CommandModule {
  /**
   * Gives the command its arguments, options and action.
   *
   * @param signal aborted at Ctrl-C
   */
  readonly define: (command: Command, signal: AbortSignal) => void;
}

/** Runs the command that the command line names, and ends the process where it was interrupted. */
export async function main(version: string): Promise<void> {
  if (await runProgram(version)) {
    // A download or a build that was under way ends with this process.
    process.exit();
  }
}

/** Runs the command that the command line names. @returns whether it was interrupted */
export function runProgram(version: string): Promise<boolean> {
  return runCommand((signal) => buildProgram(version, signal));
}

function buildProgram(version: string, signal: AbortSignal): Command {
  const program = new Command('webex-token-vault');
  describeCommand(program, {
    summary: 'Keeps Webex OAuth grants in Vault or OpenBao: declare them, authorize once, read fresh access tokens.',
    examples: {
      'webex-token-vault deploy': 'make Vault what deployment.ts declares',
      'webex-token-vault authorize testauth': 'have a person consent in the browser',
      'webex-token-vault status': 'show how every grant is',
      'source <(webex-token-vault completion bash)': 'complete command lines in this shell',
    },
  });
  program
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .addOption(deploymentOption())
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ showGlobalOptions: true });
  new CommandTree(COMMANDS, (path, command) => loadCommand(path).define(command, signal)).addTo(program);
  program.command('help [command...]', { hidden: true }).action(async (words: readonly string[]) => {
    refuseUnknown(words[0]);
    await program.parseAsync([...words, '--help'], { from: 'user' });
  });
  // Commander would show the program's help for `nosuch --help`.
  program.on('beforeHelp', () => refuseUnknown(program.args.find((word) => !word.startsWith('-'))));
  return program;
}

/** @throws UsageError where it is no command */
function refuseUnknown(name: string | undefined): void {
  if (name !== undefined && name !== 'help' && !COMMANDS.some((command) => command.name === name)) {
    throw new UsageError(`unknown command "${name}"; see ${commandLine('--help')}`);
  }
}

/** Gives a command of the program what its file says. @param path the words before its name, such as `state` */
export function defineCommand(command: Command, signal: AbortSignal, path: readonly string[] = []): void {
  const tree = new CommandTree(COMMANDS, (words, known) => loadCommand(words).define(known, signal));
  tree.define(command, path);
}

/**
 * By `require`, which loads sources and what is compiled of them alike; `import()` would have tsx start a thread first.
 *
 * @throws ExplainedError where the package leaves the command out
 */
function loadCommand(path: readonly string[]): CommandModule {
  const name = path.join('/');
  const load = createRequire(__filename);
  try {
    load.resolve(`./${name}`);
  } catch {
    throw new ExplainedError(
      `"${name}" is part of a clone of webex-token-vault and not of its package; clone the repository and run it there`,
    );
  }
  return load(`./${name}`) as CommandModule;
}
