/**
 * Runs the measurements in turn, so that the machine's other work affects all of them.
 *
 * @param measurements each runs once, and gives its figure
 * @returns the medians
 */
export async function inTurn<Name extends string>(
  rounds: number,
  measurements: Readonly<Record<Name, () => Promise<number>>>,
  progress: (line: string) => void,
): Promise<Record<Name, number>> {
  const entries = Object.entries<() => Promise<number>>(measurements);
  const figures = new Map<string, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, once] of entries) {
      progress(`round ${round}/${rounds}: ${name}`);
      figures.get(name)?.push(await once());
    }
  }
  const medians: Record<string, number> = Object.fromEntries([...figures].map(([name, all]) => [name, median(all)]));
  return medians;
}

/** @returns seconds */
export async function timed(what: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await what();
  return (performance.now() - started) / 1000;
}

/** The nearest-rank percentile, or NaN without values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}
