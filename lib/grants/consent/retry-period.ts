import { setTimeout as delay } from 'node:timers/promises';
import { describeError, retry, type RetryOptions, type Transient, transient, VaultSealed } from '#core';

/** Time for a person to correct a proxy or to unseal Vault. */
const LONGEST_MS = 900_000;

/**
 * Repeats the steps that check a grant and keep it. All steps of one grant share one object, so they share the 15 minutes.
 * A signal ends a wait, and one more attempt follows.
 */
export class RetryPeriod {
  #deadline = Infinity;

  constructor(
    /** Takes a line when a person should leave the command running. */
    private readonly notice: (line: string) => void,
    private readonly signal?: AbortSignal,
    private readonly options: Omit<RetryOptions, 'wait'> = {},
  ) {}

  /** Tries four times, within seconds. */
  async brief<T>(attempt: () => Promise<T>): Promise<T> {
    const passes = (error: unknown): Transient | undefined => (this.signal?.aborted ? undefined : transient(error));
    return retry(attempt, passes, { attempts: 4, ...this.#options });
  }

  /** Tries for minutes, because a failure loses tokens that exist only in this process. */
  async long<T>(attempt: () => Promise<T>): Promise<T> {
    const passes = (error: unknown): Transient | undefined => this.#passes(error);
    return retry(attempt, passes, { attempts: Infinity, maxRetryAfterMs: LONGEST_MS, ...this.#options });
  }

  #passes(error: unknown): Transient | undefined {
    // A person unseals Vault within minutes.
    const failure = error instanceof VaultSealed ? {} : transient(error);
    if (failure === undefined || this.signal?.aborted || Date.now() >= this.#deadline) {
      return undefined;
    }
    if (this.#deadline === Infinity) {
      this.#deadline = Date.now() + LONGEST_MS;
      const minutes = LONGEST_MS / 60_000;
      this.notice(
        `${describeError(error)}. The new tokens exist only in this process, which tries again for up to ${minutes} minutes; do not stop it`,
      );
    }
    return failure;
  }

  get #options(): RetryOptions {
    const wait = async (delayMs: number): Promise<void> => {
      const leftMs = Math.max(0, this.#deadline - Date.now());
      await delay(Math.min(delayMs, leftMs), undefined, { signal: this.signal }).catch(() => undefined);
    };
    return { baseDelayMs: 2000, maxDelayMs: 30_000, ...this.options, wait };
  }
}
