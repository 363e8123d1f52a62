import { Command, CommanderError, InvalidArgumentError } from 'commander';
import {
  ALLOW_HTTP,
  errorCode,
  exitCodeOf,
  ExplainedError,
  oneLine,
  refuseEndedRehearsal,
  refuseUnverifiedTls,
  repeatingOptions,
  safeText,
  VaultResponseError,
} from '#core';
import { namingDeployment } from '../declaration/deployment-file';
import { explainedRefusal } from '../operators/server-refusal';
import { Interrupted, Interruption } from './interruption';
import { repeatedOptions } from './repeated-options';
import { serverAdvice } from './server-advice';

/*
 * What all commands share: their `--help`, their exit codes, one line for each error, and Ctrl-C.
 */

export interface CommandDescription {
  readonly summary: string;
  /** Environment variables that it reads, each with its meaning. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit codes beyond those that every command has. @default - none */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** How long it may take to end after a signal, Infinity where it sees to that itself. @default - some seconds */
  readonly cleanUpMs?: number;
}

/**
 * How long a command may take to end after a signal if a read of it may refresh a token: Vault ends the read after 90 s, and
 * the command logs out. The read itself waits as long as the deployment's engine may take.
 */
export const READ_CLEAN_UP_MS = 105_000;

/** By the command that it is of. */
const CLEAN_UPS = new WeakMap<Command, number>();

const COMMON_EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed, as the line on stderr says',
  2: 'wrong usage, no such deployment file, or a name that it does not declare',
  4: 'temporarily unavailable, such as a sealed Vault: try again later',
  5: 'not permitted: this Vault identity may not do it, or there is none',
  130: 'interrupted; 143 by SIGTERM, 129 by SIGHUP',
};

/** Variables that every command which talks to Vault reads. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ADDR: 'address of Vault or OpenBao; default: what deployment.ts declares',
  VAULT_TOKEN: 'Vault token, never an empty one; default: the one in ~/.vault-token',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace; default: the one in deployment.ts',
  'BAO_...': 'each of them in its OpenBao form, which wins',
};

/** The same for commands that no key share passes through. */
export const VAULT_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...SERVER_ENVIRONMENT,
  VAULT_ALLOW_HTTP: ALLOW_HTTP,
};

/** Makes unexpected errors show where they arose. */
const DEBUG_VARIABLE = 'WEBEX_TOKEN_VAULT_DEBUG';

/** A command that is a program of its own. */
export function createCommand(description: CommandDescription & { readonly name: string }): Command {
  return describeCommand(new Command(description.name), description);
}

/** Gives a command its `--help`. */
export function describeCommand(command: Command, description: CommandDescription): Command {
  if (description.cleanUpMs !== undefined) {
    CLEAN_UPS.set(command, description.cleanUpMs);
  }
  const environment = { ...description.environment, [DEBUG_VARIABLE]: '1: unexpected errors show their stack' };
  const exitCodes = { ...COMMON_EXIT_CODES, ...description.exitCodes };
  return command
    .description(description.summary)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
    .addHelpText('after', section('Environment', environment))
    .addHelpText('after', section('Exit codes', exitCodes));
}

/** For options that take a whole number of at least 1. */
export function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new InvalidArgumentError(`It must be a whole number of at least 1, got "${value}".`);
  }
  return Number(value);
}

/** For options whose number something else bounds. @param limit the largest that is taken */
export function wholeNumberUpTo(limit: number): (value: string) => number {
  return (value) => {
    const number = wholeNumber(value);
    if (number > limit) {
      throw new InvalidArgumentError(`It must be at most ${limit}, got ${number}.`);
    }
    return number;
  };
}

/** For options whose number something else bounds from below. @param least the smallest that is taken */
export function wholeNumberFrom(least: number): (value: string) => number {
  return (value) => {
    if (!/^\d{1,9}$/.test(value) || Number(value) < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}, got "${value}".`);
    }
    return Number(value);
  };
}

/**
 * Parses the command line, runs the action and sets the exit code.
 *
 * At Ctrl-C the signal is aborted, so that the action can clean up; see {@link Interruption} for how long.
 *
 * @returns whether it was interrupted
 */
export async function runCommand(build: (signal: AbortSignal) => Command, argv = process.argv): Promise<boolean> {
  process.stdout.on('error', unlessNobodyReads);
  process.stderr.on('error', unlessNobodyReads);
  using interruption = new Interruption();
  let begun: Command | undefined;
  const repeated = (name: string): readonly string[] => (begun === undefined ? [] : repeatedOptions(begun, name));
  const named = (): string | undefined => begun?.optsWithGlobals<{ deployment?: string }>().deployment;
  const execute = async (): Promise<void> => {
    try {
      refuseUnverifiedTls();
      const program = build(interruption.signal).hook('preAction', (_, command) => {
        refuseEndedRehearsal();
        begun = command;
        interruption.cleanUpMs = CLEAN_UPS.get(command) ?? interruption.cleanUpMs;
      });
      await program.parseAsync(argv);
    } catch (error) {
      const advice = interruption.signal.aborted ? undefined : await serverAdvice(error, begun);
      process.exitCode = report(error, interruption, advice);
    }
  };
  await repeatingOptions(repeated, () => namingDeployment(named, execute));
  return interruption.signal.aborted;
}

/** Whoever reads the output may stop reading, like `head`, or a terminal that is closed. */
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
    return error.exitCode === 0 ? 0 : 2;
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
  if (error instanceof ExplainedError) {
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

function section(title: string, rows: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  const lines = Object.entries(rows).map(([key, meaning]) => `  ${key.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join('\n')}`;
}
