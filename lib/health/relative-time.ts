/*
 * Times in words, for people.
 */

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** A duration such as `3 days`, `5 h`, `12 min` or `40 s`, in the largest unit that gives two or more. */
export function describeDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds >= 2 * DAY_S) {
    return `${Math.floor(seconds / DAY_S)} days`;
  }
  if (seconds >= 2 * HOUR_S) {
    return `${Math.floor(seconds / HOUR_S)} h`;
  }
  return seconds >= 2 * MINUTE_S ? `${Math.floor(seconds / MINUTE_S)} min` : `${seconds} s`;
}

/** A day such as `2026-12-01 (in 6 days)` or `2026-11-20 (5 days ago)`. */
export function describeDay(time: Date, now: Date): string {
  return `${time.toISOString().slice(0, 10)} (${describeDistance(time, now)})`;
}

/** A distance such as `in 6 days` or `5 days ago`. */
export function describeDistance(time: Date, now: Date): string {
  const ms = time.getTime() - now.getTime();
  return ms >= 0 ? `in ${describeDuration(ms)}` : `${describeDuration(-ms)} ago`;
}

/** An age such as `5 days ago`. A time that another clock puts in the future counts as now. */
export function describeAge(time: Date, now: Date): string {
  return `${describeDuration(now.getTime() - time.getTime())} ago`;
}
