import { basename, normalize, resolve } from 'node:path';
import { exitCodeOf, isExplained, oneLine, shellWord, UsageError } from '#core';
import { checkNewFolder, writeNewFolder } from '../../lib/files/new-folder';
import { HELP, DEFAULT_FOLDER, parseArguments, type Arguments } from './arguments';
import { VERSION } from './exact-versions';
import { checkPackageName } from './package-name';
import { askFor, Interrupted } from './questions';
import { scaffold } from './scaffold';

/** Runs the command line and returns its exit code. */
export async function create(args: readonly string[]): Promise<number> {
  try {
    process.stdout.write(await run(parseArguments(args)));
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      process.stderr.write('\ninterrupted; nothing was written\n');
      return 130;
    }
    if (!isExplained(error)) {
      throw error;
    }
    process.stderr.write(`error: ${oneLine(error.message)}\n`);
    return exitCodeOf(error);
  }
}

/** @returns text for the terminal */
async function run(given: Arguments): Promise<string> {
  switch (given.kind) {
    case 'help':
      return HELP;
    case 'version':
      return `${VERSION}\n`;
    case 'create': {
      if (given.folder !== undefined) {
        checkFolder(given.folder);
      }
      const isAsked = !given.isSilent && process.stdin.isTTY && process.stderr.isTTY;
      const answers = isAsked ? await askFor(given, checkFolder) : { ...given, folder: given.folder ?? DEFAULT_FOLDER };
      const folder = normalize(answers.folder);
      const files = scaffold(checkFolder(folder), answers, given);
      writeNewFolder(folder, files);
      return nextSteps(folder, Object.keys(files));
    }
  }
}

/** @returns the name of the package @throws ExplainedError if no deployment can be written there */
function checkFolder(folder: string): string {
  if (folder === '') {
    throw new UsageError('the name of the folder is empty; give one, like my-grants');
  }
  const name = basename(resolve(folder));
  checkPackageName(name);
  checkNewFolder(folder);
  return name;
}

function nextSteps(folder: string, files: readonly string[]): string {
  const manager = /^(npm|pnpm|yarn)\//.exec(process.env.npm_config_user_agent ?? '')?.[1] ?? 'npm';
  const steps = [
    ...(resolve(folder) === process.cwd() ? [] : [`cd ${shellWord(folder)}`]),
    `${manager} install`,
    'export PATH="$PWD/node_modules/.bin:$PATH"',
    'webex-token-vault list',
  ];
  return `${folder} has ${files.join(', ')}.\n\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}`;
}
