import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, ExplainedError, refuseWithoutModes } from '#core';
import { replaceFile, writeAtomically } from './atomic-file';
import { isVisibleToGit, refuseVisibleToGit } from './git-visibility';
import { requirePrivate } from './require-private';

/*
 * Files that only their owner may read, and that survive a power cut.
 */

/**
 * Makes a folder that only its owner can enter, and that git ignores.
 *
 * @throws ExplainedError if an existing one is open to others or visible to git, if none can be made, and on Windows
 */
export async function createPrivateFolder(folder: string): Promise<void> {
  refuseWithoutModes(folder);
  let created: string | undefined;
  try {
    created = await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ExplainedError(`the folder ${folder} cannot be made (${errorCode(error)}); choose another one`);
  }
  const { mode } = await stat(folder);
  requirePrivate({ path: folder, mode, what: 'the folder', advice: 'or choose another' });
  if (created !== undefined && (await isVisibleToGit(join(folder, 'secret')))) {
    await writePrivateFile(join(created, '.gitignore'), '*\n');
  } else if (created === undefined) {
    await refuseVisibleToGit(join(folder, 'secret'));
  }
}

/** Writes a file of mode 0600, whole or not at all. Afterwards the file and its name are on the disk. */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  await writeAtomically(file, content);
  await syncFolder(dirname(file));
}

/** The same for a stream. If `check` throws for the partial file, no file appears. */
export async function streamPrivateFile<T>(
  file: string,
  content: AsyncIterable<Uint8Array>,
  check: (partialFile: string) => Promise<T>,
): Promise<T> {
  const checked = await replaceFile(file, (handle) => writeFile(handle, content), check);
  await syncFolder(dirname(file));
  return checked;
}

/** A rename is on the disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
