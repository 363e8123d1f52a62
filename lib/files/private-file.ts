import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, ExplainedError, refuseWithoutModes } from '#core';
import { replaceFile, writeAtomically } from './atomic-file';
import { isVisibleToGit, refuseVisibleToGit } from './git-visibility';
import { requirePrivate } from './require-private';

/*
 * Files that only their owner may read, and that are still there after a power cut.
 */

/**
 * Makes a folder that only its owner can enter, and that git ignores.
 *
 * @throws ExplainedError where there is one that others can enter or git can see into, none can be made, or this is
 *   Windows
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

/** Writes a file of mode 0600, whole or not at all. When this returns it is on the disk, and so is its name. */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  await writeAtomically(file, content);
  await syncFolder(dirname(file));
}

/**
 * The same for what is too large for memory.
 *
 * @param check looks at the partial file before it gets its name; where it throws, no file appears
 */
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
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
