import { engineWaitMs, type ProviderTimeout } from '../declaration/derived/engine-configuration';

/** Time that a person waits after Ctrl-C. */
const GRACE_MS = 5000;

/**
 * A signal that follows another one after some seconds. It is for a request whose answer must not be lost, such as a token
 * that nobody could revoke afterwards.
 */
export function graceSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  return followingSignal(signal, GRACE_MS);
}

/** The same for reads of a credential: a caller that hangs up while the engine refreshes can lose the grant. */
export function readGraceSignal(signal: AbortSignal | undefined, engine: ProviderTimeout): AbortSignal | undefined {
  return followingSignal(signal, engineWaitMs(engine));
}

function followingSignal(signal: AbortSignal | undefined, ms: number): AbortSignal | undefined {
  if (signal === undefined) {
    return undefined;
  }
  const later = new AbortController();
  const follow = (): void => void setTimeout(() => later.abort(signal.reason), ms).unref();
  if (signal.aborted) {
    follow();
  } else {
    signal.addEventListener('abort', follow, { once: true });
  }
  return later.signal;
}

/**
 * Calls the action with a signal of its own that follows the given one. Listeners of the action are gone after it, so they
 * do not gather on the signal of a process that repeats the action.
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
