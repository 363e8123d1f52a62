import { runBatch } from '../../../rehearsal/outage/scenario';
import { SCENARIOS } from '../../../rehearsal/outage/scenarios';
import { SeededRandom } from '../../../rehearsal/outage/seeded-random';
import type { Row } from '../../../rehearsal/outage/outage-table';
import { atThePaceOfThisMachine } from '../../../rehearsal/outage/machine-pace';

export interface OutageRun {
  /** Names of the scenarios. All of them run at once. */
  readonly names: readonly string[];
  readonly days: number;
  /** Duration of a scaled day on a machine that is never late. */
  readonly dayMs: number;
}

/** Defines a test for each scenario, which expects the scenario's outcome. */
export function testOutages({ names, days, dayMs }: OutageRun): void {
  let rows: readonly Row[];
  beforeAll(async () => {
    const chosen = SCENARIOS.filter(({ name }) => names.includes(name));
    rows = await atThePaceOfThisMachine((attempt) =>
      runBatch(chosen, { ...attempt, days, dayMs, random: new SeededRandom(1) }),
    );
  });

  test.each(names)('%s', (name) => {
    const row = rows.find(({ scenario }) => scenario === name);
    expect(row?.differences).toEqual([]);
  });
}
