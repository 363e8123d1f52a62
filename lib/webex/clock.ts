import { setTimeout as sleep } from 'node:timers/promises';
import { timerMs } from '#core';
import type { RequestLimits } from './exchange';

/** Source of the time and of pauses. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @throws the signal's reason, at once if the signal is already aborted */
  wait(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Limits of requests that are repeated. */
export interface WaitingLimits extends RequestLimits {
  /** Clock of the pauses. @default - the machine's clock */
  readonly clock?: Clock;
}

export const MACHINE_CLOCK: Clock = {
  now: () => Date.now(),
  wait: async (delayMs, signal) => {
    await sleep(timerMs(delayMs), undefined, { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};
