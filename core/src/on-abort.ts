const CALLBACKS = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once the signal aborts. All callbacks of a signal share one listener, because Node warns of a leak from the
 * eleventh on.
 *
 * @param signal not aborted yet. Without one, the callback is never called
 * @param callback must not throw
 * @returns a function that removes the callback, and after the last one the listener
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) {
    return () => undefined;
  }
  const callbacks = CALLBACKS.get(signal) ?? new Set();
  CALLBACKS.set(signal, callbacks.add(callback));
  // Adding the same listener again has no effect.
  signal.addEventListener('abort', callBack);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) {
      signal.removeEventListener('abort', callBack);
    }
  };
}

/** Awaits a promise, unless the signal aborts first. @throws the signal's reason, or the error of the promise */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let forget: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal?.reason as Error);
    forget = onAbort(signal, abort);
    if (signal?.aborted) {
      abort();
    }
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    forget?.();
  }
}

/** Reads `target`, because Node sets `currentTarget` for the first listener only. */
function callBack({ target }: Event): void {
  CALLBACKS.get(target as AbortSignal)?.forEach((callback) => callback());
}
