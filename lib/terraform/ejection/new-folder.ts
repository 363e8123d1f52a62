import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, ExplainedError } from '#core';

/**
 * Absolute path of a folder that is about to be made.
 *
 * @param home folder of the deployment
 * @throws ExplainedError if the folder is the deployment's own, is not empty, or is no folder
 */
export function newFolder(folder: string, home: string): string {
  const path = resolve(folder);
  const { isFolder, real = path, content = [] } = look(path);
  if (isFolder === false) {
    throw new ExplainedError(`${folder} is no folder, so nothing was written there; name a folder that does not exist`);
  }
  if (real === realpathSync(home)) {
    throw new ExplainedError(
      `${folder} is the folder of the deployment itself, so nothing was written there; name a folder that does not exist`,
    );
  }
  const [first] = content;
  if (first !== undefined) {
    throw new ExplainedError(
      `the folder ${folder} is not empty, because it has ${first}, so nothing was written there; name an empty folder, or one that does not exist`,
    );
  }
  return real;
}

interface Found {
  /** @default - there is nothing at the path */
  readonly isFolder?: boolean;
  /** Path without symbolic links. */
  readonly real?: string;
  readonly content?: readonly string[];
}

function look(path: string): Found {
  try {
    return lstatSync(path).isDirectory()
      ? { isFolder: true, real: realpathSync(path), content: readdirSync(path) }
      : { isFolder: false };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) {
      return {};
    }
    throw notWritten(path, path, error);
  }
}

function notWritten(path: string, place: string, cause: unknown): ExplainedError {
  return new ExplainedError(
    `the folder ${path} cannot be written (${errorCode(cause)}); choose another folder, or get the right to write in ${place}`,
    { cause },
  );
}

/**
 * Writes a folder whole or not at all. No signal can interrupt it.
 *
 * @param path as {@link newFolder} returns it
 * @param files texts by their paths in the folder
 * @throws ExplainedError if the folder cannot be written
 */
export function writeNewFolder(path: string, files: Readonly<Record<string, string>>): void {
  const exists = existsSync(path);
  const parent = dirname(path);
  // On the same file system, because a rename is atomic only within one.
  const partial = join(exists ? path : parent, `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`);
  let made: string | undefined;
  try {
    made = mkdirSync(parent, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const file = join(partial, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    if (exists) {
      // An empty folder stays, because it may be the current folder of a shell.
      readdirSync(partial).forEach((name) => renameSync(join(partial, name), join(path, name)));
      rmdirSync(partial);
    } else {
      // The system refuses to replace a folder that somebody has filled meanwhile.
      renameSync(partial, path);
    }
  } catch (error) {
    const left = made ?? partial;
    if (existsSync(left)) {
      rmSync(left, { recursive: true });
    }
    throw notWritten(path, exists ? path : parent, error);
  }
}
