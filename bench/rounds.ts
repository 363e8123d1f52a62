import { median } from './percentile';

export interface Measured {
  readonly median: number;
  readonly all: readonly number[];
}

/**
 * Runs the measurements in turn, so that the machine's other work affects all of them.
 *
 * @param measurements each runs once, and gives its figure
 */
export async function inTurn<Name extends string>(
  rounds: number,
  measurements: Readonly<Record<Name, () => Promise<number>>>,
  progress: (line: string) => void,
): Promise<Record<Name, Measured>> {
  const entries = Object.entries<() => Promise<number>>(measurements);
  const figures = new Map<string, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, once] of entries) {
      progress(`round ${round}/${rounds}: ${name}`);
      figures.get(name)?.push(await once());
    }
  }
  const measured: Record<string, Measured> = Object.fromEntries(
    [...figures].map(([name, all]) => [name, { median: median(all), all }]),
  );
  return measured;
}

/** @returns seconds */
export async function timed(what: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await what();
  return (performance.now() - started) / 1000;
}
