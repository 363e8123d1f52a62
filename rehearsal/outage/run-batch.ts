import { differences } from './expected';
import { lengthOf, runScenario, type Scenario, type ScenarioRun } from './scenario';
import { startServer } from './start-server';
import type { Row } from './outage-table';

export interface BatchRun extends Omit<ScenarioRun, 'server' | 'mountPath' | 'consentInTurn'> {
  /** How long a scaled day takes on a machine that is never late. */
  readonly dayMs: number;
}

/**
 * Runs scenarios side by side. Scenarios that do not harm the server share one, with a mount each.
 *
 * Consents begin after all servers and engines run, one scenario after another. So a scenario's first grant is hardly older
 * than its first day, even on a busy machine.
 */
export async function runBatch(scenarios: readonly Scenario[], { dayMs, ...run }: BatchRun): Promise<Row[]> {
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
    const { name, server: kind = 'shared', expected } = scenario;
    const own = { ...run, dayMs: dayMs * run.scale, mountPath: `oauthapp-${index + 1}`, consentInTurn };
    await using server = kind === 'shared' ? undefined : await startServer(kind);
    const outcome = await runScenario(scenario, { ...own, server: server ?? shared });
    return { scenario: name, outcome, differences: differences(expected(lengthOf(scenario, run.days)), outcome) };
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
