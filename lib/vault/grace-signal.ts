import { engineWaitMs, type ProviderTimeout } from '../declaration/derived/engine-wait';

/** As long as a person who has pressed Ctrl-C waits. */
const GRACE_MS = 5000;

/**
 * A signal that follows another one some seconds later: for a request whose answer brings what would be lost with it,
 * such as a token that nobody could then revoke.
 */
export function graceSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  return followingSignal(signal, GRACE_MS);
}

/** The same for reads of a credential: who hangs up while the engine refreshes it can lose the grant. */
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
