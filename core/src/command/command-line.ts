import { AsyncLocalStorage } from 'node:async_hooks';
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';

/*
 * The command lines in messages. A person can paste them, and they run the installed program.
 */

/** The run of a program. Commands in its messages act on the same deployment. */
export interface CurrentRun {
  /** Returns the options of this run that the named command takes as well. */
  readonly repeatedOptions: (name: string) => readonly string[];
  /** The deployment file that the command line names, once it was read. @default - none */
  readonly deploymentFile?: () => string | undefined;
}

const CURRENT = new AsyncLocalStorage<CurrentRun>();

/** Runs the action, whose messages show the options of this run. */
export function duringRun<T>(run: CurrentRun, action: () => T): T {
  return CURRENT.run(run, action);
}

export function currentRun(): CurrentRun | undefined {
  return CURRENT.getStore();
}

/** Returns a command of webex-token-vault with the options of this run. @param name such as `state archive` */
export function commandLine(name: string, ...args: readonly string[]): string {
  return programLine('webex-token-vault', ...name.split(' '), ...args, ...(currentRun()?.repeatedOptions(name) ?? []));
}

const PROGRAMS = ['webex-token', 'webex-token-vault'] as const;
type ProgramName = (typeof PROGRAMS)[number];

/** Returns a command line of one of the two programs. */
export function programLine(program: ProgramName, ...words: readonly string[]): string {
  return [startedProgram(program), ...words.map(shellWord)].join(' ');
}

/** Replaces each command of a text, such as `webex-token-vault status`, by the command line for this run. */
export function asStarted(text: string): string {
  return text.replaceAll(/(?<![\w/-])(webex-token(?:-vault)?)(?= )/g, (name) => startedProgram(name as ProgramName));
}

/** Whether the text begins with one of the programs, as `commandLine` prints it in this run. */
export function isCommandLine(text: string): boolean {
  return PROGRAMS.some((program) => text.startsWith(`${startedProgram(program)} `));
}

/** Quotes a word of a command line for a shell, if necessary. */
export function shellWord(text: string): string {
  return isPlainWord(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Returns variables in a shell's notation, for the start of a command or for `export`. */
export function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(' ');
}

/** Whether a shell reads the text unchanged without quotes. */
export function isPlainWord(text: string): boolean {
  return /^[\w./:@+-]+$/.test(text);
}

/** Without `--no-install`, npx downloads a package of that name from a registry if none is installed in the folder. */
const NPX = 'npx --no-install';

/**
 * Returns the program as this run was started: by npx, by its name on PATH, or by its path.
 *
 * @param started the main file of Node. @default - the one of this process
 */
export function startedProgram(
  program: ProgramName,
  env: NodeJS.ProcessEnv = process.env,
  started: string | undefined = process.argv[1],
): string {
  const file = basename(started ?? '', '.js');
  if (started === undefined || env.npm_command !== undefined || !PROGRAMS.some((name) => name === file)) {
    return `${NPX} ${program}`;
  }
  const folder = dirname(resolve(started));
  if (isOnPath(folder, env)) {
    return program;
  }
  // A clone has a script of that name.
  const isScript = started.endsWith('.js');
  if (isFoundByNpx(folder) || (isScript && file !== program)) {
    return `${NPX} ${program}`;
  }
  const path = join(relative('', folder), isScript ? basename(started) : program);
  return isScript ? `node ${shellWord(path)}` : shellWord(path.includes(sep) ? path : `.${sep}${path}`);
}

function isOnPath(folder: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((entry) => entry !== '' && resolve(entry) === folder);
}

/** npx searches the current folder and the folders above it. */
function isFoundByNpx(folder: string): boolean {
  const home = folder.endsWith(join('node_modules', '.bin')) ? dirname(dirname(folder)) : dirname(folder);
  return `${process.cwd()}${sep}`.startsWith(`${home}${sep}`);
}
