import { randomBytes } from 'node:crypto';
import { chown, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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
  // Next to it: only within one file system is a rename atomic.
  const partial = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    const handle = await open(partial, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (owner !== undefined) {
      await chown(partial, owner.uid, owner.gid);
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
