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
  /** How long the engine waits for Webex. @default - as the tuning says */
  readonly providerTimeoutSeconds?: number;
  readonly behaviour?: WorldOptions['behaviour'];
  /** What happens. What is left of the days passes in peace. */
  readonly act: (world: World) => Promise<void>;
}

export interface ScenarioRun {
  readonly server: OutageServer;
  readonly mountPath: string;
  readonly days: number;
  readonly dayMs: number;
  readonly random: SeededRandom;
  /** Waits for those that it is to begin with. */
  readonly untilAllRun: () => Promise<void>;
}

export async function runScenario(scenario: Scenario, run: ScenarioRun): Promise<Outcome> {
  const { name, tuning = 'ours', credentials = 3, days = run.days, behaviour, act } = scenario;
  const { refreshTokenDays, providerTimeoutSeconds } = scenario;
  const length = Math.min(days, run.days);
  await using world = await World.start({
    ...run,
    tuning,
    credentials,
    days: length,
    refreshTokenDays,
    providerTimeoutSeconds,
    behaviour: (scale) => behaviour?.(scale) ?? {},
    random: run.random.for(name),
  });
  await act(world);
  await world.at(length);
  return await world.finish();
}
