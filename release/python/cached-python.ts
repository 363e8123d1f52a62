import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { cachedFolder, cachedInTurn } from '../../lib/files/cache-folder';
import { lastLine, run } from '../../lib/processes/child-process';

/** Folder of the Python package. */
export const PYTHON_PACKAGE = resolve(__dirname, '../../python');

/** Pinned requirements with their hashes. */
const REQUIREMENTS = join(PYTHON_PACKAGE, 'requirements-dev.txt');

/** Prints the version and the platform. Ends with 3 if the version is too old. */
const VERSION =
  'import sys, sysconfig; print(sys.version.split()[0], sysconfig.get_platform()); sys.exit(sys.version_info < (3, 10) and 3)';

const INSTALL_IT = 'install Python 3.10 or later with its module venv, as "python3" on PATH';

/**
 * Python of a virtual environment with the SDKs, the build backend and the programs that check Python. It is made once, in
 * the cache folder. The package of this project is not in it.
 *
 * @param report gets a line about a slow step
 * @returns path of the interpreter
 * @throws ExplainedError if Python is missing or too old, or if the requirements cannot be installed
 */
export async function cachedPython(report: (line: string) => void = () => undefined): Promise<string> {
  const { exitCode, stdout } = await run('python3', ['-c', VERSION]);
  if (exitCode !== 0) {
    const found = exitCode === 3 ? `python3 is ${stdout.trim()}, which is too old` : 'python3 is missing on PATH';
    throw new ExplainedError(`${found}; ${INSTALL_IT}`);
  }
  const pins = createHash('sha256').update(await readFile(REQUIREMENTS));
  const name = `python-${stdout.trim().replaceAll(/[^\w.]+/g, '-')}-${pins.digest('hex').slice(0, 12)}`;
  const isUsable = async (folder: string): Promise<boolean> =>
    (await run(pythonIn(folder), ['-c', 'import pytest'])).exitCode === 0;
  // The first process installs for a minute, and the others wait.
  const folder = await cachedInTurn({ name, isUsable, fill: install }, (entry) => {
    report('installing the SDKs and the checks for Python (a minute, once)');
    return cachedFolder(entry);
  });
  return pythonIn(folder);
}

/** Makes a virtual environment with pip alone. @returns path of its interpreter */
export async function emptyPython(folder: string): Promise<string> {
  await step('python3', ['-m', 'venv', folder], INSTALL_IT);
  return pythonIn(folder);
}

function pythonIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

async function install(folder: string): Promise<void> {
  const python = await emptyPython(folder);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
  await step(python, [...pip, '--only-binary=:all:', '-r', REQUIREMENTS], 'check which index pip uses');
}

async function step(command: string, args: readonly string[], remedy: string): Promise<void> {
  // pip refuses a virtual environment together with this user setting.
  const { exitCode, stdout, stderr } = await run(command, args, { env: { ...process.env, PIP_USER: '0' } });
  if (exitCode !== 0) {
    throw new ExplainedError(
      `"${args.slice(0, 3).join(' ')}" said "${lastLine(stderr) || lastLine(stdout)}"; ${remedy}`,
    );
  }
}
