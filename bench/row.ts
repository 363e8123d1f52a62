/** A line of the table: what a user waits for, beside a figure of the same run that it is compared with. */
export interface Row {
  readonly section: string;
  readonly what: string;
  readonly ours: number;
  /** @default - nothing stands beside it, so it has no ratio */
  readonly other?: { readonly what: string; readonly value: number };
  readonly unit: 's' | 'ms' | 'calls/s' | 'calls' | 'MiB' | 'KiB';
  /** @default - it is measured, and has to reach nothing */
  readonly goal?: Goal;
  /** Such as where the figures vary, or how often it ran. @default - nothing */
  readonly note?: string;
}

export type Goal = { readonly of: 'ratio' | 'ours' } & ({ readonly atMost: number } | { readonly atLeast: number });

/** Ours by the other's; undefined where nothing stands beside it. */
export function ratioOf({ ours, other }: Row): number | undefined {
  return other === undefined ? undefined : ours / other.value;
}

/** Whether it reaches its goal; undefined where it has none. */
export function reachesGoal(row: Row): boolean | undefined {
  if (row.goal === undefined) {
    return undefined;
  }
  const value = row.goal.of === 'ours' ? row.ours : (ratioOf(row) ?? NaN);
  return 'atMost' in row.goal ? value <= row.goal.atMost : value >= row.goal.atLeast;
}
