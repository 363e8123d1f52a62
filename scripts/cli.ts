import { createRequire } from 'node:module';
import { Command } from 'commander';
import { ExplainedError, ourCommand, UsageError } from '#core';
import { describeCommand, runCommand } from '../lib/cli/command';
import { deploymentOption } from '../lib/cli/deployment-option';
import { refuseSwallowedOptions } from '../lib/cli/swallowed-options';

/*
 * The program webex-token-vault. It knows of each command who uses it and what it is for; the rest is loaded only when
 * the command is called, so that none waits for what another one needs.
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

interface Entry {
  /** Also that of its file, in this folder. */
  readonly name: string;
  /** @default - hidden: started by other programs */
  readonly group?: string;
  readonly summary: string;
}

const COMMANDS: readonly Entry[] = [
  {
    name: 'quickstart',
    group: 'Set up:',
    summary: 'the whole job on this machine, with a real server and a simulated Webex',
  },
  { name: 'certs', group: 'Set up:', summary: 'a private CA, and certificates for the servers' },
  { name: 'init', group: 'Set up:', summary: 'initialize a new server, and give each operator a login' },
  { name: 'diff', group: 'Deploy:', summary: 'what deploy would do' },
  { name: 'deploy', group: 'Deploy:', summary: 'make Vault what the deployment declares' },
  { name: 'destroy', group: 'Deploy:', summary: 'take away what deploy has made' },
  { name: 'set-aside', group: 'Deploy:', summary: 'begin a stack anew, where its server is gone' },
  { name: 'authorize', group: 'Authorize:', summary: 'have a person consent to a credential, once' },
  { name: 'revoke', group: 'Authorize:', summary: 'end a grant, at Webex and in Vault' },
  { name: 'rotate-secret', group: 'Authorize:', summary: 'give an integration a new client secret, unnoticed' },
  { name: 'issue', group: 'Apps:', summary: 'a secret id for an app, wrapped' },
  { name: 'agent-config', group: 'Apps:', summary: 'a configuration for "bao agent" or "vault agent"' },
  { name: 'kubernetes', group: 'Apps:', summary: 'manifests by which pods get the access tokens of an app' },
  { name: 'status', group: 'Watch:', summary: 'how every grant is, until when, and what to do' },
  { name: 'metrics', group: 'Watch:', summary: 'the same for Prometheus: once, or served' },
  { name: 'doctor', group: 'Watch:', summary: 'the first thing that is wrong, and the command that mends it' },
  { name: 'unseal', group: 'Server:', summary: 'give a sealed server its key shares' },
  { name: 'as', group: 'Server:', summary: 'run a command as an operator' },
  { name: 'login', group: 'Server:', summary: 'print a Vault token of an operator' },
  { name: 'pause', group: 'Server:', summary: 'stop refreshing, before the server or its plugin is stopped' },
  { name: 'resume', group: 'Server:', summary: 'refresh again as declared' },
  { name: 'backup', group: 'Server:', summary: 'write a snapshot of the server' },
  { name: 'restore', group: 'Server:', summary: 'put a snapshot back, and prove it' },
  { name: 'completion', summary: 'print what makes a shell complete command lines' },
  { name: 'complete', summary: 'say what may come next; the shell runs it' },
  {
    name: 'write-entry',
    summary: 'write the client secret of an integration; Terraform runs it',
  },
  { name: 'reload-plugin', summary: 'have Vault run the plugin that was registered; Terraform runs it' },
];

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
  });
  program
    .usage('<command> [options]')
    .version(version, '--version', 'print the version')
    .addOption(deploymentOption())
    .helpOption('--help', 'say how to use it')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', `\nCompletion, in bash or zsh:\n  source <(${ourCommand('completion', 'bash')})`);
  for (const { name, group, summary } of COMMANDS) {
    program
      .command(name, { hidden: group === undefined })
      .summary(summary)
      .helpGroup(group ?? '');
  }
  program.command('help [command]', { hidden: true }).action(async (name?: string) => {
    refuseUnknown(name);
    await program.parseAsync(name === undefined ? ['--help'] : [name, '--help'], { from: 'user' });
  });
  // Commander would show the program's help for `nosuch --help`.
  program.on('beforeHelp', () => refuseUnknown(program.args.find((word) => !word.startsWith('-'))));
  return program.hook('preSubcommand', (_, command) => {
    defineCommand(command, signal);
    refuseSwallowedOptions(command.name(), [...command.options, ...program.options]);
  });
}

/** @throws UsageError where it is no command */
function refuseUnknown(name: string | undefined): void {
  if (name !== undefined && !COMMANDS.some((command) => command.name === name)) {
    throw new UsageError(`unknown command "${name}"; see ${ourCommand('--help')}`);
  }
}

/** Gives a command of the program what its file says. */
export function defineCommand(command: Command, signal: AbortSignal): void {
  if (COMMANDS.some(({ name }) => name === command.name())) {
    loadCommand(command.name()).define(command, signal);
  }
}

/**
 * By `require`, which loads sources and what is compiled of them alike; `import()` would have tsx start a thread first.
 *
 * @throws ExplainedError where the package leaves the command out
 */
function loadCommand(name: string): CommandModule {
  const load = createRequire(__filename);
  let file: string;
  try {
    file = load.resolve(`./${name}`);
  } catch {
    throw new ExplainedError(
      `"${name}" is part of a clone of webex-token-vault and not of its package; clone the repository and run it there`,
    );
  }
  return load(file) as CommandModule;
}
