/*
 * Thresholds of reported expiries: early enough for a person, and late enough for automatic renewal.
 */

const DAY_MS = 86_400_000;

/** Time before an expiry in which a person has to act. */
export const ATTENTION_MS = 7 * DAY_MS;

/** Age of an old backup. A restore of an older one loses more than people expect. */
export const OLD_BACKUP_MS = 7 * DAY_MS;

/** Whether something expires soon: within a week, or within the last quarter of its life if that is shorter. */
export function endsSoon(leftMs: number, lifeMs: number): boolean {
  return leftMs < Math.min(ATTENTION_MS, lifeMs / 4);
}
