import type { Command } from 'commander';
import { deploymentFile } from '../declaration/deployment-file';
import { loadDeployment, type LoadedDeployment } from '../declaration/files/load-deployment';

/**
 * Loads the deployment of a command. An action calls it, so `--help` works without a deployment.
 *
 * @throws UsageError, ExplainedError
 */
export function declaredDeployment(command: Command): Promise<LoadedDeployment> {
  const { deployment } = command.optsWithGlobals<{ deployment?: string }>();
  return loadDeployment(deployment || deploymentFile());
}
