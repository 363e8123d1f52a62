/*
 * When something that ends is told of: early enough for a person, late enough for what renews itself.
 */

const DAY_MS = 86_400_000;

/** An end that is nearer than this wants somebody. */
export const ATTENTION_MS = 7 * DAY_MS;

/** Older than this, a backup would lose more than people expect. */
export const OLD_BACKUP_MS = 7 * DAY_MS;

/** Whether something that lives for so long ends soon: within a week, or within the last quarter of a shorter life. */
export function endsSoon(leftMs: number, lifeMs: number): boolean {
  return leftMs < Math.min(ATTENTION_MS, lifeMs / 4);
}
