/** A line of the table: a waiting time, and the figure of the same run that it is compared with. */
export interface Row {
  readonly section: string;
  readonly what: string;
  readonly ours: number;
  /** Figure for the ratio. @default - no ratio */
  readonly other?: { readonly what: string; readonly value: number };
  readonly unit: 's' | 'ms' | 'µs' | 'calls/s' | 'calls' | 'MiB' | 'KiB' | 'MiB/s';
  /** @default - no goal */
  readonly goal?: Goal;
  /** @default - no note */
  readonly note?: string;
}

export type Goal = { readonly of: 'ratio' | 'ours' } & ({ readonly atMost: number } | { readonly atLeast: number });

export function ratioOf({ ours, other }: Row): number | undefined {
  return other === undefined ? undefined : ours / other.value;
}

export function reachesGoal(row: Row): boolean | undefined {
  if (row.goal === undefined) {
    return undefined;
  }
  const value = row.goal.of === 'ours' ? row.ours : (ratioOf(row) ?? NaN);
  return 'atMost' in row.goal ? value <= row.goal.atMost : value >= row.goal.atLeast;
}
