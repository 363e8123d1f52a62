/**
 * Runs a task for each item, at most so many at a time; the results keep the order of the items.
 *
 * The first failure ends it: the signal that the tasks got is aborted, and no further task begins.
 */
export async function atMost<T, R>(
  limit: number,
  items: readonly T[],
  signal: AbortSignal | undefined,
  task: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const results: R[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      either.throwIfAborted();
      results[index] = await task(item, either);
    }
  };
  try {
    await Promise.all(Array.from({ length: limit }, work));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return results;
}
