/** A timer of Node that is given a longer delay ends at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A delay that a timer of Node keeps: Infinity and the like become some 24 days. */
export function timerMs(delayMs: number): number {
  return Math.min(LONGEST_TIMER_MS, delayMs);
}
