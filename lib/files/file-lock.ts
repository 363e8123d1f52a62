import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, ExplainedError } from '#core';

/** Age of a lock that is not renewed any more, because its process was killed. */
const STALE_MS = 30_000;
const RENEWAL_MS = 5_000;
/** Time for several processes that are ahead, each of which may wait for its webhook. */
const PATIENCE_MS = 360_000;
const POLL_MS = 100;

export class FileLocked extends ExplainedError {
  override name = 'FileLocked';
}

export interface FileLockOptions {
  readonly signal?: AbortSignal;
  /** Wait for another process. @default 360000 (6 minutes) */
  readonly patienceMs?: number;
}

/** Runs an action while no other process runs one for the same file. @throws as {@link lockFile} */
export async function withLock<T>(file: string, action: () => Promise<T>, options: FileLockOptions = {}): Promise<T> {
  const release = await lockFile(file, options);
  try {
    return await action();
  } finally {
    await release();
  }
}

/** @returns releases the lock @throws FileLocked if another process keeps it; the signal's reason */
export async function lockFile(
  file: string,
  { signal, patienceMs = PATIENCE_MS }: FileLockOptions = {},
): Promise<() => Promise<void>> {
  const lock = `${file}.lock`;
  const startedAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return renewed(lock);
    } catch (error) {
      // The action runs without a lock if none can be made, as on a full disk.
      if (errorCode(error) !== 'EEXIST') {
        return () => Promise.resolve();
      }
    }
    const found = await stat(lock).catch(() => undefined);
    // A time in the future comes from a clock that was set back since, or from another machine.
    if (found !== undefined && Math.abs(Date.now() - found.mtimeMs) > STALE_MS) {
      await removeStale(lock, found.ino);
    } else if (performance.now() - startedAt >= patienceMs) {
      throw new FileLocked(
        `${lock} was not free within ${patienceMs / 1000} s, so another process may hang; end that process, or delete the file if there is none`,
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

function renewed(lock: string): () => Promise<void> {
  const renewal = setInterval(() => {
    const now = new Date();
    // A lock that somebody deleted is not created again.
    utimes(lock, now, now).catch(() => undefined);
  }, RENEWAL_MS).unref();
  return async () => {
    clearInterval(renewal);
    await rm(lock, { force: true });
  };
}

/** The lock is renamed first, so that of two processes that find it stale, none removes the new lock of the other. */
async function removeStale(lock: string, ino: number): Promise<void> {
  const aside = `${lock}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await stat(aside)).ino === ino) {
    await rm(aside, { force: true });
  } else {
    await rename(aside, lock);
  }
}
