import { differences, type Expected } from './expected';
import { startServer, type ServerKind } from './outage-server';
import type { Row } from './outage-table';
import { World, type Run, type WorldSettings } from './world';

export interface Scenario extends WorldSettings {
  /** Name in the table and for `--only`. */
  readonly name: string;
  /** Its server: the shared one, or one of its own. @default "shared" */
  readonly server?: ServerKind;
  /** Causes the trouble. The remaining days are peaceful. */
  readonly act: (world: World) => Promise<void>;
  /** The outcome within so many days. */
  readonly expected: (days: number) => Expected;
}

/**
 * Runs scenarios side by side. Scenarios that do not harm the server share one, with a mount each.
 *
 * Consents begin after all servers and engines run, one scenario after another. So a scenario's first grant is hardly older
 * than its first day, even on a busy machine.
 */
export async function runBatch(scenarios: readonly Scenario[], run: Run): Promise<Row[]> {
  await using shared = await startServer('shared');
  let starting = scenarios.length;
  let allRun = (): void => undefined;
  let lastTurn = new Promise<void>((resolve) => (allRun = resolve));
  const consentInTurn = (consent: () => Promise<void>): Promise<void> => {
    starting -= 1;
    if (starting === 0) {
      allRun();
    }
    const turn = lastTurn.then(consent);
    lastTurn = turn.catch(() => undefined);
    return turn;
  };
  const row = async (scenario: Scenario, index: number): Promise<Row> => {
    const { name, server: kind = 'shared', act, expected } = scenario;
    await using own = kind === 'shared' ? undefined : await startServer(kind);
    const place = { server: own ?? shared, mountPath: `oauthapp-${index + 1}`, consentInTurn };
    await using world = await World.start(scenario, { ...run, random: run.random.for(name) }, place);
    await act(world);
    const outcome = await world.finish();
    return { scenario: name, outcome, differences: differences(expected(outcome.days), outcome) };
  };
  const rows = await Promise.allSettled(
    scenarios.map((scenario, index) =>
      row(scenario, index).catch((error: unknown) => {
        // The other scenarios would wait for this one.
        allRun();
        throw error;
      }),
    ),
  );
  return rows.map((settled) => {
    if (settled.status === 'rejected') {
      throw settled.reason;
    }
    return settled.value;
  });
}
