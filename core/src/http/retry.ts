import { timerMs } from '../duration';
import { ExplainedError, hasCode } from '../explained-error';
import { unlessAborted } from '../on-abort';
import { TemporarilyUnavailable, VaultSealed } from '../vault/credential-errors';

/** Retries of a failure. The waits are exponential with full jitter, so callers that failed together retry at different times. */
export interface RetryOptions {
  /** Number of attempts, including the first. @default 4 */
  readonly attempts?: number;
  /** Longest first wait, in milliseconds. It doubles with each attempt. @default 250 */
  readonly baseDelayMs?: number;
  /** Longest wait, in milliseconds, unless the server asks for more. @default 8000 */
  readonly maxDelayMs?: number;
  /** Longest wait that a server may ask for, in milliseconds. If it asks for more, its error is thrown at once. @default 60000 */
  readonly maxRetryAfterMs?: number;
  /** Random number, at least 0 and below 1. @default Math.random */
  readonly random?: () => number;
  /** Waits for some milliseconds. @default - a timer of Node */
  readonly wait?: (delayMs: number, signal?: AbortSignal) => Promise<void>;
}

/** A failure that may pass. */
export interface Transient {
  /** The wait that the server asks for. @default - it asks for none */
  readonly retryAfterMs?: number;
}

/** Runs `attempt` until it succeeds, fails with an error that is not transient, or has used its attempts. */
export async function retry<T>(
  attempt: () => Promise<T>,
  transient: (error: unknown) => Transient | undefined,
  { signal, ...options }: RetryOptions & { readonly signal?: AbortSignal } = {},
): Promise<T> {
  const { attempts = 4, maxRetryAfterMs = 60_000, wait = waitMs } = options;
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const failure = transient(error);
      const asked = failure?.retryAfterMs ?? 0;
      if (!failure || tried >= attempts || asked > maxRetryAfterMs) {
        throw error;
      }
      await wait(asked + jitterMs(tried, options), signal);
    }
  }
}

function jitterMs(
  tried: number,
  { baseDelayMs = 250, maxDelayMs = 8_000, random = Math.random }: RetryOptions,
): number {
  return Math.floor(random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (tried - 1)));
}

/** Keeps the process alive, because a caller waits for the next attempt. */
async function waitMs(delayMs: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<void>((resolve) => (timer = setTimeout(resolve, timerMs(delayMs))));
  try {
    await unlessAborted(end, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns undefined if the failure does not pass by itself */
export function transient(error: unknown): Transient | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const { isTransient, retryAfterMs } = error as Error & { readonly isTransient?: unknown } & Transient;
  return hasCode(error, 'ERR_TEMPORARILY_UNAVAILABLE') || isTransient === true ? { retryAfterMs } : undefined;
}

/** Whether the failure passes without a change of the deployment: by itself, or once somebody unseals the server. */
export function isPassing(error: unknown): boolean {
  return error instanceof VaultSealed || transient(error) !== undefined;
}

/** An error with this message, transient if its cause is. */
export function explainedBy(cause: unknown, message: string): ExplainedError {
  const passes = transient(cause);
  return passes === undefined ? new ExplainedError(message) : new TemporarilyUnavailable(message, passes.retryAfterMs);
}

/**
 * Milliseconds that a `Retry-After` header asks to wait, in seconds or until a date; at most what a timer supports.
 *
 * @see RFC 9110, 10.2.3
 */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) {
    return timerMs(Number(value) * 1000);
  }
  const date = value.endsWith(' GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : timerMs(Math.max(0, date - now));
}
