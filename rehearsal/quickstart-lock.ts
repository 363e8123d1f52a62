import { join } from 'node:path';
import { ExplainedError } from '#core';
import { FileLocked, lockFile } from '../lib/files/file-lock';
import { makeCacheRoot } from '../lib/files/cache-folder';

/** Each user runs one quickstart at a time. @returns releases the lock. @throws ExplainedError if another one runs */
export async function quickstartLock(): Promise<() => Promise<void>> {
  return lockFile(join(await makeCacheRoot(), 'quickstart'), { patienceMs: 0 }).catch((error: unknown) => {
    throw error instanceof FileLocked
      ? new ExplainedError(
          'another quickstart is running; wait until it ends, or press Ctrl-C in its terminal. After a kill, wait half a minute',
        )
      : error;
  });
}
