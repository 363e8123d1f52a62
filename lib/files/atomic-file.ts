import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, ExplainedError, refuseWithoutModes } from '#core';

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface AtomicFileOptions {
  /** @default 0o600 */
  readonly mode?: number;
  /** Needs root. @default - whoever runs this */
  readonly owner?: FileOwner;
}

/**
 * Writes a file so that a reader, or a power cut, finds either the old content or the new one, never a part; and so
 * that it is at no moment open to more than `mode` says.
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  { mode = 0o600, owner }: AtomicFileOptions = {},
): Promise<void> {
  await replaceFile(
    file,
    async (handle) => {
      await handle.writeFile(content);
      if (owner !== undefined) {
        // By the handle: whoever may write in this folder could put a link in the place of the partial file.
        await handle.chown(owner.uid, owner.gid);
      }
      await handle.chmod(mode);
    },
    () => Promise.resolve(),
  );
}

/**
 * Fills a partial file of mode 0600, puts it on the disk, and gives it its name.
 *
 * @param finish sees the partial file before that; where it throws, no file appears and the old one stays
 * @throws ExplainedError on Windows or where something else than a file is there, what `fill` and `finish` throw, or a
 *   system error
 */
export async function replaceFile<T>(
  file: string,
  fill: (handle: FileHandle) => Promise<void>,
  finish: (partialFile: string) => Promise<T>,
): Promise<T> {
  refuseWithoutModes(file);
  await refuseOtherThanFile(file);
  // In the same folder: a rename is atomic only within one file system.
  const partial = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    const handle = await open(partial, 'wx', 0o600);
    try {
      await fill(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const finished = await finish(partial);
    await rename(partial, file);
    return finished;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * A device or a folder is left alone. A link is replaced, and not followed: in a folder of others it may lead anywhere.
 *
 * @throws ExplainedError
 */
async function refuseOtherThanFile(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) {
    throw new ExplainedError(`${path} is no file, so nothing was written there; name a file`);
  }
}
