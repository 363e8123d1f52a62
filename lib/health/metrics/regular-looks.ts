import { setTimeout as sleep } from 'node:timers/promises';
import { timerMs } from '#core';
import type { Report } from '../report';

/** A look with its duration, and with an error if it failed. */
export interface TimedLook {
  readonly endedAt: Date;
  readonly durationSeconds: number;
  /** Undefined if the look failed. */
  readonly report?: Report;
  readonly error?: Error;
}

/** Returns the error of a failed look instead of throwing it. */
export async function timedLook(look: () => Promise<Report>): Promise<TimedLook> {
  const began = performance.now();
  const outcome = await look().then(
    (report) => ({ report }),
    (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
  );
  return { ...outcome, endedAt: new Date(), durationSeconds: (performance.now() - began) / 1000 };
}

export interface RegularLooksOptions {
  /** Time from the start of one look to the start of the next. */
  readonly intervalMs: number;
  /** Takes a look. After the signal, the look may still finish. */
  readonly look: (signal: AbortSignal) => Promise<Report>;
  /** Receiver of each look. If it throws, the looks stop. */
  readonly onLook: (look: TimedLook) => void;
}

/**
 * Regular looks, one at a time. A look that takes longer than the interval delays the next one.
 *
 * @returns after the signal is aborted and the current look has ended
 */
export async function lookRegularly(
  { intervalMs, look, onLook }: RegularLooksOptions,
  signal: AbortSignal,
): Promise<void> {
  do {
    const next = performance.now() + intervalMs;
    const taken = await timedLook(() => look(signal));
    if (!signal.aborted) {
      onLook(taken);
      await sleep(timerMs(Math.max(0, next - performance.now())), undefined, { signal }).catch(() => undefined);
    }
  } while (!signal.aborted);
}
