import type { Command } from 'commander';
import { deploymentFile } from '../declaration/deployment-file';
import { loadDeployment, type LoadedDeployment } from '../declaration/files/load-deployment';

/**
 * Loads it only once it is needed: `--help` works without it.
 *
 * @throws UsageError, ExplainedError
 */
export function declaredDeployment(command: Command): Promise<LoadedDeployment> {
  const { deployment } = command.optsWithGlobals<{ deployment?: string }>();
  return loadDeployment(deployment || deploymentFile());
}
