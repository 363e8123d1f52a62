import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { asStarted } from '#core/command/command-line';
import { oneLine } from '#core/safe-text';
import { addHelpParts, type HelpPart, type HelpParts } from './command-help';

/*
 * The description that all commands share. Every command loads this file, so it loads little.
 */

export interface CommandDescription {
  /** One sentence. */
  readonly summary: string;
  /** More about the command, after its options. @default - none */
  readonly details?: readonly HelpPart[] | (() => readonly HelpPart[]);
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
  0: 'Done',
  1: 'Failed, as the line on stderr says',
  2: 'Wrong usage, no such deployment file, or a name that it does not declare',
  4: 'Temporarily unavailable, such as a sealed Vault; try again later',
  5: 'Not permitted: this Vault identity may not do it, or there is none',
  130: 'Interrupted; 143 by SIGTERM, 129 by SIGHUP',
};

/** A command that is a program of its own. */
export function createCommand(description: CommandDescription & { readonly name: string }): Command {
  return describeCommand(new Command(description.name), description);
}

/** Gives a command its `--help`. */
export function describeCommand(command: Command, description: CommandDescription): Command {
  DESCRIPTIONS.set(command, description);
  const { failureExitCode } = description;
  return addHelpParts(command, () => helpPartsOf(command))
    .description(description.summary)
    .exitOverride((error) => {
      throw error.exitCode === 0
        ? error
        : new CommanderError(failureExitCode ?? WRONG_USAGE_EXIT_CODE, error.code, error.message);
    })
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}${adviceOn(text, command)}\n`) });
}

/** Commander names a missing argument; the help shows what to give. */
function adviceOn(text: string, command: Command): string {
  return text.startsWith('error: missing required argument') ? `; see ${asStarted(`${pathOf(command)} --help`)}` : '';
}

/** The names of the program and of the command, as they are typed. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** The parts of the help of a described command, with those that all commands have. */
export function helpPartsOf(command: Command): HelpParts {
  const { details = [], environment, exitCodes, examples = {}, failureExitCode } = descriptionOf(command);
  return {
    details: typeof details === 'function' ? details() : details,
    environment: { ...environment, [DEBUG_VARIABLE]: '1: unexpected errors show their stack' },
    exitCodes: { ...(failureExitCode === undefined ? COMMON_EXIT_CODES : {}), ...exitCodes },
    examples,
  };
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
