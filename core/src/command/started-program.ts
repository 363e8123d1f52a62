import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';
import { shellWord } from './shell-word';

export type ProgramName = 'webex-token' | 'webex-token-vault';

/** Without `--no-install`, npx downloads a package of that name from a registry if none is installed in the folder. */
const NPX = 'npx --no-install';

/**
 * How a shell in this folder starts a program of ours, which is how this run was started: by npx, by an npm script, by its
 * name on PATH, or by its path.
 *
 * @param started the file that Node was given @default - that of this process
 */
export function startedProgram(
  program: ProgramName,
  env: NodeJS.ProcessEnv = process.env,
  started: string | undefined = process.argv[1],
): string {
  const file = basename(started ?? '', '.js');
  if (started === undefined || env.npm_command !== undefined || !PROGRAMS.includes(file)) {
    return `${NPX} ${program}`;
  }
  const folder = dirname(resolve(started));
  if (isOnPath(folder, env)) {
    return program;
  }
  // In a clone it is a script of that name.
  const isScript = started.endsWith('.js');
  if (isFoundByNpx(folder) || (isScript && file !== program)) {
    return `${NPX} ${program}`;
  }
  const path = join(relative('', folder), isScript ? basename(started) : program);
  return isScript ? `node ${shellWord(path)}` : shellWord(path.includes(sep) ? path : `.${sep}${path}`);
}

const PROGRAMS: readonly string[] = ['webex-token', 'webex-token-vault'];

function isOnPath(folder: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((entry) => entry !== '' && resolve(entry) === folder);
}

/** npx looks into the folder that it is started in, and into those above. */
function isFoundByNpx(folder: string): boolean {
  const home = folder.endsWith(join('node_modules', '.bin')) ? dirname(dirname(folder)) : dirname(folder);
  return `${process.cwd()}${sep}`.startsWith(`${home}${sep}`);
}
