import { cpus, totalmem } from 'node:os';
import { ratioOf, reachesGoal, type Row } from './row';

export interface Results {
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** Measurements that this machine cannot do. */
  readonly skipped: readonly string[];
  /** Failed sections, with their messages. */
  readonly failed: readonly string[];
}

export function thisMachine() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
}

/** JSON for programs: each row with its ratio, and whether it reaches its goal. */
export function resultsJson(
  { rounds, rows, skipped, failed }: Results,
  machine: ReturnType<typeof thisMachine>,
  now: Date,
): string {
  const measured = rows.map((row) => ({ ...row, ratio: ratioOf(row), reached: reachesGoal(row) }));
  const results = { measuredAt: now.toISOString(), machine, rounds, rows: measured, skipped, failed };
  return `${JSON.stringify(results, undefined, 2)}\n`;
}
