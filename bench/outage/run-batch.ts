import { runScenario, type Scenario, type ScenarioRun } from './scenario';
import { startServer } from './start-server';
import type { Row } from './table';

/**
 * Runs them side by side. Those that do no harm to the server share one, in mounts of their own. Nobody consents before
 * all servers and engines run: on a machine that has much to do, their start would take days of the first grants.
 */
export async function runBatch(
  scenarios: readonly Scenario[],
  run: Omit<ScenarioRun, 'server' | 'mountPath' | 'untilAllRun'>,
): Promise<Row[]> {
  await using shared = await startServer('shared');
  let starting = scenarios.length;
  let allRun = (): void => undefined;
  const running = new Promise<void>((resolve) => (allRun = resolve));
  const untilAllRun = (): Promise<void> => {
    starting -= 1;
    if (starting === 0) {
      allRun();
    }
    return running;
  };
  const row = async (scenario: Scenario, index: number): Promise<Row> => {
    const { name, server: kind = 'shared' } = scenario;
    const own = { ...run, mountPath: `oauthapp-${index + 1}`, untilAllRun };
    if (kind === 'shared') {
      return { scenario: name, outcome: await runScenario(scenario, { ...own, server: shared }) };
    }
    await using server = await startServer(kind);
    return { scenario: name, outcome: await runScenario(scenario, { ...own, server }) };
  };
  return await Promise.all(
    scenarios.map((scenario, index) =>
      row(scenario, index).catch((error: unknown) => {
        // Else the others would wait for it.
        allRun();
        throw error;
      }),
    ),
  );
}
