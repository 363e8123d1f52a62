import { App } from 'cdktf';
import { VaultServer } from './constructs/server/vault-server';
import { WebexTokens } from './constructs/tokens/webex-tokens';
import { ExplainedError } from 'webex-token-client/core';
import { deploymentFile, loadDeployment } from './lib/declaration/load-deployment';

/*
 * The architecture: a server, unless one exists, and everything inside it. No stack reads the state of the other,
 * because a person or a script stands between them: what initialises, unseals and hands out the first token.
 */
async function main(): Promise<void> {
  const { deployment, ...file } = await loadDeployment(deploymentFile());
  // CDKTF's own checks run `terraform version`, and synthesizing needs no Terraform; ours are in the constructs.
  const app = new App({ skipValidation: true });
  const server = deployment.vault.server && new VaultServer(app, 'vault-server', deployment, file);
  const tokens = new WebexTokens(app, 'webex-tokens', deployment, file);
  if (server) {
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
