import { runScenario, type Scenario, type ScenarioRun } from './scenario';
import { startServer } from './start-server';
import type { Row } from './table';

/** Runs them side by side. Those that do no harm to the server share one, in mounts of their own. */
export async function runBatch(
  scenarios: readonly Scenario[],
  run: Omit<ScenarioRun, 'server' | 'mountPath'>,
): Promise<Row[]> {
  await using shared = await startServer('shared');
  return await Promise.all(
    scenarios.map(async (scenario, index): Promise<Row> => {
      const { name, server: kind = 'shared' } = scenario;
      const mountPath = `oauthapp-${index + 1}`;
      if (kind === 'shared') {
        return { scenario: name, outcome: await runScenario(scenario, { ...run, server: shared, mountPath }) };
      }
      await using server = await startServer(kind);
      return { scenario: name, outcome: await runScenario(scenario, { ...run, server, mountPath }) };
    }),
  );
}
