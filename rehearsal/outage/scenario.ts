import type { Lateness } from './lateness';
import type { Expected } from './expected';
import type { OutageServer } from './outage-server';
import type { SeededRandom } from './seeded-random';
import { World, type Outcome, type WorldOptions } from './world';

export interface Scenario {
  /** As the table says it, and as `--only` names it. */
  readonly name: string;
  /** @default "ours" */
  readonly tuning?: WorldOptions['tuning'];
  /** What server it needs: one that others use too, or one of its own. @default "shared" */
  readonly server?: 'shared' | 'killed' | 'sealed' | 'failed over';
  /** @default 3 */
  readonly credentials?: number;
  /** How many days it takes, where more would show nothing else. @default - as many as there are */
  readonly days?: number;
  /** @default 90 */
  readonly refreshTokenDays?: number;
  /** How long the engine waits for Webex. @default - as the tuning says, multiplied by the scale of the attempt */
  readonly providerTimeoutDays?: number;
  readonly behavior?: WorldOptions['behavior'];
  /** What happens. What is left of the days passes in peace. */
  readonly act: (world: World) => Promise<void>;
  /** The outcome within so many days. */
  readonly expected: (days: number) => Expected;
}

export interface ScenarioRun {
  readonly server: OutageServer;
  readonly mountPath: string;
  readonly days: number;
  /** How long a day takes at this scale. */
  readonly dayMs: number;
  /** How much longer than usual a day takes. */
  readonly scale: number;
  readonly random: SeededRandom;
  /** Measures how late the machine is. @default - nothing does */
  readonly lateness?: Lateness;
  /** Does the first consents when it is their turn. */
  readonly consentInTurn: WorldOptions['consentInTurn'];
}

export async function runScenario(scenario: Scenario, run: ScenarioRun): Promise<Outcome> {
  const { name, tuning = 'ours', credentials = 3, behavior, act } = scenario;
  const { refreshTokenDays, providerTimeoutDays } = scenario;
  const length = lengthOf(scenario, run.days);
  await using world = await World.start({
    ...run,
    tuning,
    credentials,
    days: length,
    refreshTokenDays,
    providerTimeoutDays,
    behavior: (scale) => behavior?.(scale) ?? {},
    random: run.random.for(name),
  });
  await act(world);
  await world.at(length);
  return await world.finish();
}

/** @param days how many there are */
export function lengthOf(scenario: Scenario, days: number): number {
  return Math.min(scenario.days ?? days, days);
}
