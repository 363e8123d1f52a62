import { timerMs } from '../longest-timer';

/**
 * Milliseconds to wait, as a `Retry-After` header asks: in seconds, or until a date; no more than a timer keeps.
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
