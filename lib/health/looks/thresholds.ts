/*
 * Thresholds for expiries. They are early enough for a person to act, and late enough not to report what renews itself.
 */

const DAY_MS = 86_400_000;

/** Time before an expiry in which a person has to act. */
export const ATTENTION_MS = 7 * DAY_MS;

/** Age from which a backup is old, because a restore would lose more than people expect. */
export const OLD_BACKUP_MS = 7 * DAY_MS;

/** Whether something expires soon: within a week, or within the last quarter of its life if that is shorter. */
export function endsSoon(leftMs: number, lifeMs: number): boolean {
  return leftMs < Math.min(ATTENTION_MS, lifeMs / 4);
}
