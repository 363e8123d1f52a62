/** How many looks at Vault are under way at a time: as many as the engine refreshes. */
export const LOOKS_AT_ONCE = 16;

/** Does the work for each, so many at a time. @returns what came of each, in order */
export async function atMost<T, R>(limit: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
