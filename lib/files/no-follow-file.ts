import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { errorCode, ExplainedError } from '#core';
import type { FileOwner } from './atomic-file';

/*
 * Files in a folder that others may write to, such as the user of a server in the folder of its certificate. A link there
 * would make root read any file, or give it away. So links are refused. All work is done by the handle that was checked,
 * because a path may lead elsewhere a moment later.
 */

type PathKind = 'file' | 'folder';

/** @returns undefined if there is none @throws ExplainedError for a link, a second name or another kind */
async function openNoFollow(path: string, kind: PathKind): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK, opening a named pipe would block.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') {
      return undefined;
    }
    throw code === 'ELOOP'
      ? refused(path, kind, 'a link')
      : new ExplainedError(`${path} cannot be opened (${code}); check its owner and mode`);
  }
  const found = await handle.stat();
  if (kind === 'folder' ? !found.isDirectory() : !found.isFile()) {
    await handle.close();
    throw refused(path, kind, 'something else');
  }
  if (kind === 'file' && found.nlink > 1) {
    await handle.close();
    throw refused(path, kind, 'one that has a second name elsewhere (a hard link)');
  }
  return handle;
}

/** @returns undefined if there is none @throws ExplainedError for a link, a second name or another kind */
export async function readNoFollow(path: string): Promise<string | undefined> {
  await using handle = await openNoFollow(path, 'file');
  return await handle?.readFile('utf8');
}

/** @returns undefined if there is none @throws ExplainedError for a link, a second name or another kind */
export async function ownerNoFollow(path: string, kind: PathKind): Promise<FileOwner | undefined> {
  await using handle = await openNoFollow(path, kind);
  return await handle?.stat();
}

/** Gives it to another user; needs root. @throws ExplainedError for a link, a second name or another kind */
export async function chownNoFollow(path: string, kind: PathKind, { uid, gid }: FileOwner): Promise<void> {
  await using handle = await openNoFollow(path, kind);
  await handle?.chown(uid, gid);
}

function refused(path: string, kind: PathKind, got: string): ExplainedError {
  return new ExplainedError(
    `${path} must be a ${kind} of its own, got ${got}; another user may have put it there: look at it, move it away, and run this again`,
  );
}
