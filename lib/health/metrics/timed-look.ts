import type { Report } from '../report';

/** A look, and how long it took; where it failed, why. */
export interface TimedLook {
  readonly endedAt: Date;
  readonly durationSeconds: number;
  /** Undefined where it failed. */
  readonly report?: Report;
  /** What it failed with. */
  readonly error?: Error;
}

/** Never throws: that a look failed is something to be seen, too. */
export async function timedLook(look: () => Promise<Report>): Promise<TimedLook> {
  const began = performance.now();
  const outcome = await look().then(
    (report) => ({ report }),
    (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
  );
  return { ...outcome, endedAt: new Date(), durationSeconds: (performance.now() - began) / 1000 };
}
