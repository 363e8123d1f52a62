const DAY_MS = 24 * 3_600_000;

/** When something ends, for a person: the day and how many are left, or near the end the second. */
export function describeExpiry(expireTime: Date, now = Date.now()): string {
  const leftMs = expireTime.getTime() - now;
  const iso = expireTime.toISOString();
  return leftMs < 2 * DAY_MS
    ? `${iso.slice(0, 19)}Z (in ${Math.max(0, Math.round(leftMs / 1000))} s)`
    : `${iso.slice(0, 10)} (in ${Math.round(leftMs / DAY_MS)} days)`;
}
