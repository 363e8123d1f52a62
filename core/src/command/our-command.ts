import { AsyncLocalStorage } from 'node:async_hooks';
import { shellWord } from './shell-word';

/*
 * The command lines that messages show. A person pastes them, and they run what is installed: without `--no-install`, npx
 * downloads a package of that name from a registry if none is installed in the folder.
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
 * @param name such as `authorize`
 */
export function ourCommand(name: string, ...args: readonly string[]): string {
  return programLine('webex-token-vault', name, ...args, ...(REPEATED.getStore()?.(name) ?? []));
}

/** A command line of a program of ours. */
export function programLine(program: 'webex-token' | 'webex-token-vault', ...words: readonly string[]): string {
  return ['npx --no-install', program, ...words.map(shellWord)].join(' ');
}
