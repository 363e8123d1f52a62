import { App } from 'cdktf';
import { VaultServer } from './constructs/server/vault-server';
import { WebexTokens } from './constructs/tokens/webex-tokens';
import { ExplainedError } from '#core';
import { deploymentFile } from './lib/declaration/deployment-file';
import { loadDeployment } from './lib/declaration/files/load-deployment';

/*
 * The two stacks, as CDKTF runs them. No stack reads the state of the other. Between the two, a person or a script initializes
 * the server, unseals it and hands out the first token.
 */
async function main(): Promise<void> {
  const { deployment, folder, name } = await loadDeployment(deploymentFile());
  // CDKTF's own checks run `terraform version`, and a synth needs no Terraform.
  const app = new App({ skipValidation: true });

  // The server, unless the deployment names the address of one that exists.
  const server = deployment.vault.server && new VaultServer(app, 'vault-server', deployment, { folder, name });

  // Everything inside it: the engine, integrations, apps, the policies of operators.
  const tokens = new WebexTokens(app, 'webex-tokens', deployment, { folder, name });

  if (server !== undefined) {
    // An order only, for when both are deployed at once.
    tokens.addDependency(server);
  }
  app.synth();
}

main().catch((error: unknown) => {
  if (!(error instanceof ExplainedError)) {
    throw error;
  }
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
