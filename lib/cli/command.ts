import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { asStarted } from '#core/command/command-line';
import { oneLine } from '#core/safe-text';

/*
 * The help that all commands share. Every command loads this file, so it loads little.
 */

export interface CommandDescription {
  readonly summary: string;
  /** Command lines at the end of the help, each with its meaning. */
  readonly examples: Readonly<Record<string, string>>;
  /** Environment variables that it reads, each with its meaning. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit codes beyond those that every command has. @default - none */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /**
   * Exit code of every failure, wrong usage among them. The command then has no codes but those of `exitCodes`.
   * @default - the code says how it failed
   */
  readonly failureExitCode?: number;
  /** How long the cleanup may take after a signal; Infinity: the command ends by itself. @default - some seconds */
  readonly cleanUpMs?: number;
}

/** `cleanUpMs` of a command whose read may refresh a token: Vault ends the read after 90 s, then the command logs out. */
export const READ_CLEAN_UP_MS = 105_000;

const DESCRIPTIONS = new WeakMap<Command, CommandDescription>();

/** The description that a command was given. */
export function descriptionOf(command: Command): Partial<CommandDescription> {
  return DESCRIPTIONS.get(command) ?? {};
}

/** Variable that makes unexpected errors show their stack. */
export const DEBUG_VARIABLE = 'WEBEX_TOKEN_VAULT_DEBUG';

const WRONG_USAGE_EXIT_CODE = 2;

const COMMON_EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed, as the line on stderr says',
  2: 'wrong usage, no such deployment file, or a name that it does not declare',
  4: 'temporarily unavailable, such as a sealed Vault: try again later',
  5: 'not permitted: this Vault identity may not do it, or there is none',
  130: 'interrupted; 143 by SIGTERM, 129 by SIGHUP',
};

/** A command that is a program of its own. */
export function createCommand(description: CommandDescription & { readonly name: string }): Command {
  return describeCommand(new Command(description.name), description);
}

/** Gives a command its `--help`. */
export function describeCommand(command: Command, description: CommandDescription): Command {
  DESCRIPTIONS.set(command, description);
  const { failureExitCode } = description;
  const environment = { ...description.environment, [DEBUG_VARIABLE]: '1: unexpected errors show their stack' };
  const exitCodes = { ...(failureExitCode === undefined ? COMMON_EXIT_CODES : {}), ...description.exitCodes };
  return command
    .description(description.summary)
    .exitOverride((error) => {
      throw error.exitCode === 0
        ? error
        : new CommanderError(failureExitCode ?? WRONG_USAGE_EXIT_CODE, error.code, error.message);
    })
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
    .addHelpText('after', section('Environment', environment))
    .addHelpText('after', section('Exit codes', exitCodes))
    .addHelpText('afterAll', ({ command: shown }) => (shown === command ? exampleSection(description.examples) : ''));
}

/** Writes a line for a person to stderr. Data goes to stdout. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** For options that take a whole number of at least 1. */
export function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new InvalidArgumentError(`It must be a whole number of at least 1, got "${value}".`);
  }
  return Number(value);
}

function section(title: string, rows: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  const lines = Object.entries(rows).map(([key, meaning]) => `  ${key.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join('\n')}`;
}

function exampleSection(examples: Readonly<Record<string, string>>): string {
  const lines = Object.entries(examples).map(([line, meaning]) => `  # ${meaning}\n  ${asStarted(line)}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
