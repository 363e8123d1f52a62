import { Option, type Command } from 'commander';
import { deploymentFile } from '../declaration/deployment-file';
import { loadDeployment, type LoadedDeployment } from '../declaration/files/load-deployment';

/** Which deployment a command is about. */
export function deploymentOption(): Option {
  return new Option('--deployment <file>', 'the file that declares what is deployed')
    .env('DEPLOYMENT')
    .default(deploymentFile({}));
}

/**
 * Loads it only once it is needed: `--help` works without it.
 *
 * @throws UsageError, ExplainedError
 */
export function declaredDeployment(command: Command): Promise<LoadedDeployment> {
  const { deployment } = command.optsWithGlobals<{ deployment?: string }>();
  return loadDeployment(deployment || deploymentFile());
}
