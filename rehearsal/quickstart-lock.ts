import { lock } from 'proper-lockfile';
import { ExplainedError } from '#core';
import { makeCacheRoot } from './cache-folder';

/** A lock that has not been renewed for so long is of a process that was killed. */
const STALE_MS = 10_000;

/**
 * One quickstart at a time for each user: two would take each other's processor, and their lines would mix.
 *
 * @returns lets the next one run
 * @throws ExplainedError where another one runs
 */
export async function quickstartLock(): Promise<() => Promise<void>> {
  const folder = await makeCacheRoot();
  try {
    const unlock = await lock(folder, {
      lockfilePath: `${folder}/quickstart.lock`,
      stale: STALE_MS,
      // As after a machine's sleep. By default it would end the process.
      onCompromised: () => undefined,
    });
    return () => unlock().catch(() => undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') {
      throw new ExplainedError(
        'another quickstart is running; wait for it to end, or stop it with Ctrl-C where it runs',
      );
    }
    throw error;
  }
}
