import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, ExplainedError } from '#core';

/** A lock that was not renewed for so long was left by a process that was killed. */
const STALE_MS = 30_000;
const RENEWAL_MS = 5_000;
/** Several processes may be ahead, and each may wait for its webhook. */
const PATIENCE_MS = 360_000;
const POLL_MS = 100;

/** Another process has the lock. */
export class FileLocked extends ExplainedError {
  override name = 'FileLocked';
}

export interface FileLockOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for another process. @default 360000 (6 minutes) */
  readonly patienceMs?: number;
}

/**
 * Does something while no other process does so for the same file. If no lock can be made beside the file, as on a full
 * disk, it is done without one.
 *
 * @throws FileLocked where another process keeps it; what the action throws; the signal's reason
 */
export async function withLock<T>(file: string, action: () => Promise<T>, options: FileLockOptions = {}): Promise<T> {
  const release = await lockFile(file, options);
  try {
    return await action();
  } finally {
    await release();
  }
}

/** @returns releases the lock @throws FileLocked where another process keeps it; the signal's reason */
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
      if (errorCode(error) !== 'EEXIST') {
        return () => Promise.resolve();
      }
    }
    const found = await stat(lock).catch(() => undefined);
    // A time ahead comes from a clock that was set back since, or from another machine.
    if (found !== undefined && Math.abs(Date.now() - found.mtimeMs) > STALE_MS) {
      await removeStale(lock, found.ino);
    } else if (performance.now() - startedAt >= patienceMs) {
      throw new FileLocked(
        `${lock} was not free within ${patienceMs / 1000} s, so another process may hang; end it, or delete that file where there is none`,
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

function renewed(lock: string): () => Promise<void> {
  const renewal = setInterval(() => {
    const now = new Date();
    // A lock that somebody deleted is not made again.
    utimes(lock, now, now).catch(() => undefined);
  }, RENEWAL_MS).unref();
  return async () => {
    clearInterval(renewal);
    await rm(lock, { force: true });
  };
}

/** By another name first: two that find the same old one must not take away the new one of each other. */
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
