import type { Lateness } from './lateness';
import type { Expected } from './expected';
import type { OutageServer } from './outage-server';
import type { SeededRandom } from './seeded-random';
import { World, type Outcome, type WorldOptions } from './world';

export interface Scenario {
  /** Name in the table and for `--only`. */
  readonly name: string;
  /** @default "ours" */
  readonly tuning?: WorldOptions['tuning'];
  /** Its server: the shared one, or one of its own. @default "shared" */
  readonly server?: 'shared' | 'killed' | 'sealed' | 'failed over';
  /** @default 3 */
  readonly credentials?: number;
  /** Number of days, if more would show nothing new. @default - all days of the run */
  readonly days?: number;
  /** @default 90 */
  readonly refreshTokenDays?: number;
  /** The engine's timeout for Webex. @default - that of the tuning, multiplied by the attempt's scale */
  readonly providerTimeoutDays?: number;
  readonly behavior?: WorldOptions['behavior'];
  /** Causes the trouble. The remaining days are peaceful. */
  readonly act: (world: World) => Promise<void>;
  /** The outcome within so many days. */
  readonly expected: (days: number) => Expected;
}

export interface ScenarioRun {
  readonly server: OutageServer;
  readonly mountPath: string;
  readonly days: number;
  /** Duration of a day at this scale. */
  readonly dayMs: number;
  readonly scale: number;
  readonly random: SeededRandom;
  /** @default - the machine's lateness is not measured */
  readonly lateness?: Lateness;
  readonly consentInTurn: WorldOptions['consentInTurn'];
}

export async function runScenario(scenario: Scenario, run: ScenarioRun): Promise<Outcome> {
  const { tuning = 'ours', credentials = 3, behavior = () => ({}) } = scenario;
  const length = lengthOf(scenario, run.days);
  const random = run.random.for(scenario.name);
  await using world = await World.start({ ...scenario, ...run, tuning, credentials, behavior, days: length, random });
  await scenario.act(world);
  await world.at(length);
  return await world.finish();
}

/** @param days of the run */
export function lengthOf(scenario: Scenario, days: number): number {
  return Math.min(scenario.days ?? days, days);
}
