/**
 * As Go writes it, in one unit, which is all that the Vault Secrets Operator takes.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function goDuration(seconds: number): string {
  const [unit = 1, letter = 's'] = UNITS.find(([length]) => seconds % length === 0) ?? [];
  return `${seconds / unit}${letter}`;
}

const UNITS: readonly [seconds: number, letter: string][] = [
  [3600, 'h'],
  [60, 'm'],
];
