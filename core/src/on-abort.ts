const CALLBACKS = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once a signal is aborted. All callbacks of one signal share one listener, because Node warns of a leak where
 * a signal has more than ten.
 *
 * @param signal not aborted yet; undefined: nobody is called back
 * @param callback must not throw
 * @returns what forgets the callback, and with the last one the listener
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) {
    return () => undefined;
  }
  const callbacks = CALLBACKS.get(signal) ?? new Set();
  CALLBACKS.set(signal, callbacks.add(callback));
  // The same listener is added once only.
  signal.addEventListener('abort', callBack);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) {
      signal.removeEventListener('abort', callBack);
    }
  };
}

/** The value of a promise, unless the signal aborts first. @throws the signal's reason, or the error of the promise */
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

/** Node sets `currentTarget` for the first listener alone. */
function callBack({ target }: Event): void {
  CALLBACKS.get(target as AbortSignal)?.forEach((callback) => callback());
}
