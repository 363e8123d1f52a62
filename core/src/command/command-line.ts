import { currentRun } from './current-run';
import { shellWord } from './shell-word';
import { startedProgram, type ProgramName } from './started-program';

/*
 * The command lines that messages show. A person pastes them, and they run what is installed.
 */

/**
 * A command of webex-token-vault, with the options of this run: it acts on the same deployment.
 *
 * @param name such as `authorize` or `state archive`
 */
export function commandLine(name: string, ...args: readonly string[]): string {
  return programLine('webex-token-vault', ...name.split(' '), ...args, ...(currentRun()?.repeatedOptions(name) ?? []));
}

/** A command line of a program of ours. */
export function programLine(program: ProgramName, ...words: readonly string[]): string {
  return [startedProgram(program), ...words.map(shellWord)].join(' ');
}

/** A text that names programs of ours, as `webex-token-vault status`: with the way in which this run was started. */
export function asStarted(text: string): string {
  return text.replaceAll(/(?<![\w/-])(webex-token(?:-vault)?)(?= )/g, (name) => startedProgram(name as ProgramName));
}
