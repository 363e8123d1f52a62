import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, ExplainedError } from '#core';

/** Longer than anybody holds it; one that is older was left by a process that was killed. */
const STALE_MS = 120_000;
/** Several processes may be ahead, and each may wait for its webhook. */
const PATIENCE_MS = 3 * STALE_MS;
const POLL_MS = 100;

/**
 * Does something while no other process does so for the same file. Where no lock can be made beside it, as on a full
 * disk, it is done without.
 *
 * @throws ExplainedError where another process keeps it; what the action throws; the signal's reason
 */
export async function withLock<T>(
  file: string,
  action: () => Promise<T>,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const lock = `${file}.lock`;
  const isHeld = await take(lock, patienceMs, signal);
  try {
    return await action();
  } finally {
    if (isHeld) {
      await rm(lock, { force: true });
    }
  }
}

async function take(lock: string, patienceMs: number, signal?: AbortSignal): Promise<boolean> {
  const startedAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    if (performance.now() - startedAt > patienceMs) {
      throw new ExplainedError(
        `${lock} was not free within ${patienceMs / 1000} s, so another process may hang; end it, or delete that file where there is none`,
      );
    }
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') {
        return false;
      }
    }
    const found = await stat(lock).catch(() => undefined);
    // A time ahead comes from a clock that was set back since, or from another machine.
    if (found !== undefined && Math.abs(Date.now() - found.mtimeMs) > STALE_MS) {
      await clear(lock, found.ino);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** By another name first: two that find the same old one must not take away the new one of each other. */
async function clear(lock: string, ino: number): Promise<void> {
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
