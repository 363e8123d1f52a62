import { synthesize } from './constructs/synthesis';
import { ExplainedError } from '#core';
import { deploymentFile } from './lib/declaration/deployment-file';
import { loadDeployment } from './lib/declaration/files/load-deployment';

/* What CDKTF runs. */
async function main(): Promise<void> {
  const { deployment, folder, name } = await loadDeployment(deploymentFile());
  synthesize(deployment, { folder, name });
}

main().catch((error: unknown) => {
  if (!(error instanceof ExplainedError)) {
    throw error;
  }
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
