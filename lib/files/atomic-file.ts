import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExplainedError, refuseWithoutModes } from '#core';

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes a file so that a reader finds the old content or the new one, never a part, even after a power cut.
 *
 * @param options.mode @default 0o600
 * @param options.owner needs root @default - the user of this process
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  { mode = 0o600, owner }: { readonly mode?: number; readonly owner?: FileOwner } = {},
): Promise<void> {
  const fill = async (handle: FileHandle): Promise<void> => {
    await handle.writeFile(content);
    // A path could be replaced by a link meanwhile, if others may write in this folder; a handle could not.
    if (owner !== undefined) {
      await handle.chown(owner.uid, owner.gid);
    }
    await handle.chmod(mode);
  };
  await replaceFile(file, fill, () => Promise.resolve());
}

/**
 * Fills a partial file of mode 0600, puts it on the disk, and gives it its name.
 *
 * @param finish sees the partial file before; if it throws, no file appears and the old one stays
 * @throws ExplainedError on Windows, or if the path is no file; a system error; the errors of `fill` and `finish`
 */
export async function replaceFile<T>(
  file: string,
  fill: (handle: FileHandle) => Promise<void>,
  finish: (partialFile: string) => Promise<T>,
): Promise<T> {
  refuseWithoutModes(file);
  refuseOtherThanFile(file);
  // In the same folder, because a rename is atomic only within one file system.
  const partial = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    {
      await using handle = await open(partial, 'wx', 0o600);
      await fill(handle);
      await handle.sync();
    }
    const finished = await finish(partial);
    await rename(partial, file);
    return finished;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Devices and folders are refused. A link is replaced and not followed, because others may have placed it. */
function refuseOtherThanFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) {
    throw new ExplainedError(`${path} is no file, so nothing was written there; name a file`);
  }
}
