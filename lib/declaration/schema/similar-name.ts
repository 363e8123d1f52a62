/** A slip of the keyboard changes every third letter at most. */
const LETTERS_A_SLIP = 3;
const MAX_SLIPS = 3;

/** The name that was probably meant. @returns undefined if none is near */
export function similarName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, slips: slipsBetween(plain(name), plain(candidate)) }))
    .filter(({ candidate, slips }) => slips <= allowed(name, candidate))
    .sort((a, b) => a.slips - b.slips);
  return nearest?.candidate;
}

function allowed(name: string, candidate: string): number {
  return Math.min(MAX_SLIPS, Math.floor(Math.max(name.length, candidate.length) / LETTERS_A_SLIP));
}

/** `mount_path` and `mountpath` are equally near to `mountPath`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Levenshtein distance. */
function slipsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(to).entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
