import { App } from 'cdktf';
import { VaultServer } from './constructs/server/vault-server';
import { WebexTokens } from './constructs/tokens/webex-tokens';
import { ExplainedError } from '#core';
import { deploymentFile } from './lib/declaration/deployment-file';
import { loadDeployment } from './lib/declaration/files/load-deployment';

/*
 * The two stacks, as CDKTF runs them. No stack reads the state of the other. After the first one, a person or a script initializes
 * the server, unseals it and issues the first token.
 */
async function main(): Promise<void> {
  const { deployment, folder, name } = await loadDeployment(deploymentFile());
  // The checks of CDKTF run `terraform version`, but a synth needs no Terraform.
  const app = new App({ skipValidation: true });

  // The server, if the deployment declares one and not just an address.
  const server = deployment.vault.server && new VaultServer(app, 'vault-server', deployment, { folder, name });

  // Everything inside the server: the engine, integrations, apps, and the policies of operators.
  const tokens = new WebexTokens(app, 'webex-tokens', deployment, { folder, name });

  if (server !== undefined) {
    // This sets only the order, for a deploy of both stacks.
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
