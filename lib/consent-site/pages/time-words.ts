/*
 * Times for people in any time zone: in UTC, and as a duration in words. A page has no script that could convert them.
 */

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A time such as `2026-12-02 08:30 UTC`. */
export function utcTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A time that is left, such as `within 45 minutes` or `within 2 hours`, rounded down. */
export function timeLeft(until: Date, now: Date): string {
  const ms = until.getTime() - now.getTime();
  return ms < UNITS[2][1] ? (ms > 0 ? 'within 1 minute' : 'over') : `within ${inWords(ms)}`;
}

/** A time that has passed, such as `3 days ago` or `just now`. */
export function timeAgo(time: Date, now: Date): string {
  const ms = now.getTime() - time.getTime();
  return ms < UNITS[2][1] ? 'just now' : `${inWords(ms)} ago`;
}

/** The largest unit that gives two or more. */
function inWords(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size) ?? UNITS[2];
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(Math.floor(ms / size));
}
