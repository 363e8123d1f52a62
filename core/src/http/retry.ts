import { timerMs } from '../longest-timer';
import { unlessAborted } from '../on-abort';

/** Waiting is exponential with full jitter: what failed together does not come back together. */
export interface RetryOptions {
  /** How often it is tried, the first time included. @default 4 */
  readonly attempts?: number;
  /** Upper end of the first wait; it doubles with each. @default 250 */
  readonly baseDelayMs?: number;
  /** Longest wait of our own choice. @default 8000 */
  readonly maxDelayMs?: number;
  /** Longest wait that a server may ask for; where it asks for more, its error is thrown at once. @default 60000 */
  readonly maxRetryAfterMs?: number;
  /** At least 0 and below 1. @default Math.random */
  readonly random?: () => number;
  /** @default - a timer of Node */
  readonly wait?: (delayMs: number, signal?: AbortSignal) => Promise<void>;
}

/** A failure that may not happen again. */
export interface Transient {
  /** The wait that the server asks for. @default - it asks for none */
  readonly retryAfterMs?: number;
}

/**
 * Runs `attempt` until it succeeds, fails for good, or has been tried often enough.
 *
 * @param transient what is known of a failure that may not happen again; undefined: it is for good
 */
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

/** Keeps the process alive, on purpose: someone awaits what comes after. */
async function waitMs(delayMs: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<void>((resolve) => (timer = setTimeout(resolve, timerMs(delayMs))));
  try {
    await unlessAborted(end, signal);
  } finally {
    clearTimeout(timer);
  }
}
