/** Ten years. No token of Vault or Webex lives longer, and `Date` can still compute an expiry from it. */
export const LONGEST_LIFE_SECONDS = 315_360_000;

/** The longest delay of a Node timer, some 24 days. A timer with a longer delay would expire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Limits a delay to the longest one of a Node timer. */
export function timerMs(delayMs: number): number {
  return Math.min(LONGEST_TIMER_MS, delayMs);
}

/** A span of time. A moment before its beginning is outside, because the clock may be set back. */
export class Period {
  constructor(
    private readonly begin: number,
    private readonly end: number,
  ) {}

  includes(now: number): boolean {
    return this.begin <= now && now < this.end;
  }
}

const DAY_MS = 24 * 3_600_000;

/** Describes an expiry for a person: the day and the days left, or the second if less than two days are left. */
export function describeExpiry(expireTime: Date, now = Date.now()): string {
  const leftMs = expireTime.getTime() - now;
  const iso = expireTime.toISOString();
  return leftMs < 2 * DAY_MS
    ? `${iso.slice(0, 19)}Z (in ${Math.max(0, Math.round(leftMs / 1000))} s)`
    : `${iso.slice(0, 10)} (in ${Math.round(leftMs / DAY_MS)} days)`;
}

/** Notation of a duration on a command line, as in kubectl and Vault. */
export const DURATION_NOTATION = 'a whole number and a unit, such as 90s, 5m, 2h or 1d';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @returns whole seconds; undefined if the text is not in {@link DURATION_NOTATION} */
export function durationSeconds(text: string): number | undefined {
  const [, count, unit = ''] = /^(0|[1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_SECONDS[unit] ?? 1);
}
