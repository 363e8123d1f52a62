import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** Milliseconds to wait, as a `Retry-After` header asks: in seconds, or until a date. @see RFC 9110, 10.2.3 */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) {
    return Number(value) * 1000;
  }
  const date = value.endsWith(' GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

interface Seen {
  retryAfter?: string;
}

const watched = new AsyncLocalStorage<Seen>();

// node-vault gives its callers no headers; Node itself tells of every answer that arrives.
subscribe('http.client.response.finish', (message) => {
  const seen = watched.getStore();
  if (seen) {
    seen.retryAfter = (message as { response: IncomingMessage }).response.headers['retry-after'];
  }
});

/** Runs a request of node:http, and lets it be asked which `Retry-After` its last answer carried. */
export async function watchRetryAfter<T>(send: (retryAfter: () => string | undefined) => Promise<T>): Promise<T> {
  const seen: Seen = {};
  return watched.run(seen, () => send(() => seen.retryAfter));
}
