/*
 * Durations on a command line, as kubectl and Vault have them: a whole number and a unit.
 */

/** How a message says it. */
export const DURATION_NOTATION = 'a whole number and a unit, such as 90s, 5m, 2h or 1d';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @returns whole seconds; undefined where it is no duration */
export function durationSeconds(text: string): number | undefined {
  const [, count, unit = ''] = /^(0|[1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_SECONDS[unit] ?? 1);
}
