import { AsyncLocalStorage } from 'node:async_hooks';
import { shellWord } from './shell-word';
import { startedProgram, type ProgramName } from './started-program';

/*
 * The command lines that messages show. A person pastes them, and they run what is installed.
 */

/** Options of the command that runs which the command of this name takes as well. */
export type RepeatedOptions = (name: string) => readonly string[];

const REPEATED = new AsyncLocalStorage<RepeatedOptions>();

/** Runs something whose messages repeat the options of this run in the commands that they show. */
export function repeatingOptions<T>(options: RepeatedOptions, run: () => T): T {
  return REPEATED.run(options, run);
}

/**
 * A command of webex-token-vault, with the options of this run: it acts on the same deployment.
 *
 * @param name such as `authorize` or `state archive`
 */
export function ourCommand(name: string, ...args: readonly string[]): string {
  return programLine('webex-token-vault', ...name.split(' '), ...args, ...(REPEATED.getStore()?.(name) ?? []));
}

/** A command line of a program of ours. */
export function programLine(program: ProgramName, ...words: readonly string[]): string {
  return [startedProgram(program), ...words.map(shellWord)].join(' ');
}

/** A text that names programs of ours, as `webex-token-vault status`: with the way in which this run was started. */
export function commandLines(text: string): string {
  return text.replaceAll(/(?<![\w/-])(webex-token(?:-vault)?)(?= )/g, (name) => startedProgram(name as ProgramName));
}
