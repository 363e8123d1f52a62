import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from 'webex-token-client/core';

/** Longer than anybody holds it; one that is older was left by a process that was killed. */
const STALE_MS = 120_000;
const POLL_MS = 100;

/**
 * Does something while no other process does so for the same file. Where no lock can be made beside it, as on a full
 * disk, it is done without.
 *
 * @throws what the action throws; the signal's reason
 */
export async function withLock<T>(file: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const lock = `${file}.lock`;
  const isHeld = await take(lock, signal);
  try {
    return await action();
  } finally {
    if (isHeld) {
      await rm(lock, { force: true });
    }
  }
}

async function take(lock: string, signal?: AbortSignal): Promise<boolean> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') {
        return false;
      }
    }
    const found = await stat(lock).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) {
      await clear(lock, found.ino);
    } else {
      await sleep(POLL_MS, undefined, { signal });
    }
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
