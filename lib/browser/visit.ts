import { describeError, timerMs } from '#core';
import { refusedPage, type BrowserPage } from './browser-page';
import type { ExpectedRedirect, ReceivedCode, RedirectChannel } from './redirect';

export interface VisitOptions {
  readonly channel: RedirectChannel;
  readonly expected: ExpectedRedirect;
  /**
   * Shows the page to a person. It may run until the visit ends.
   *
   * @param over aborted when the redirect has arrived or the wait has ended
   */
  readonly show: (over: AbortSignal) => void | Promise<void>;
  readonly timeoutSeconds: number;
  /** Error after that time. */
  readonly tooLate: () => Error;
  readonly signal: AbortSignal;
}

/**
 * Has a person visit a page that ends in a redirect. The channel waits before the page is shown, because the redirect may
 * arrive at once.
 *
 * @throws as {@link RedirectChannel.receive}; the `tooLate` error; the signal's reason
 */
export async function visit({ channel, expected, show, timeoutSeconds, tooLate, signal }: VisitOptions) {
  signal.throwIfAborted();
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', interrupt);
  const timer = setTimeout(() => stop.abort(tooLate()), timerMs(timeoutSeconds * 1000));
  const received = channel.receive(expected, stop.signal);
  const shown = (async () => show(stop.signal))();
  try {
    return await Promise.race([received, shown.then(() => received)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
    // One of the two may still run. It is stopped, and its outcome is ignored.
    stop.abort();
    shown.catch(() => undefined);
    received.catch(() => undefined);
  }
}

/** Does the work that follows a visit. The browser gets its answer afterwards, so its page shows the outcome. */
export async function withOutcome<T>(received: ReceivedCode, page: BrowserPage, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await received.show(page);
    return result;
  } catch (error) {
    await received.show(refusedPage(describeError(error)));
    throw error;
  }
}
