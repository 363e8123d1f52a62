/**
 * Does something with a signal of its own that follows another: what listens to it goes with it, and does not gather on
 * the one of a process that does the same again and again.
 */
export async function withOwnSignal<T>(signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const follow = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  if (signal.aborted) {
    follow();
  }
  try {
    return await action(own.signal);
  } finally {
    signal.removeEventListener('abort', follow);
  }
}
