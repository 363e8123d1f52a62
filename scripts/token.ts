import { CREDENTIAL_EXIT_CODES, readCredential } from 'webex-token-client/core';
import { createCommand, loadDeployment, runCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { findCredential } from '../lib/declaration/deployment';
import { vaultOptionsFromEnvironment } from '../lib/vault/vault-client';
import { LOGIN_ENVIRONMENT, loginFromEnvironment } from '../lib/access/vault-login';

/** Prints the access token of a credential, and nothing else. */

void runCommand(() =>
  createCommand({
    name: 'token',
    summary: 'Prints the access token of a credential. "npm run --silent" leaves out the lines that npm itself prints.',
    environment: { ...VAULT_ENVIRONMENT, ...LOGIN_ENVIRONMENT },
    exitCodes: CREDENTIAL_EXIT_CODES,
  })
    .argument('<credential>', 'name of the credential, as in deployment.ts')
    .option('--json', 'print token, type, expiry and warnings as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const deployment = await loadDeployment(() => import('../deployment'));
      findCredential(deployment, name);
      const options = vaultOptionsFromEnvironment(deployment.vault);
      const vault = await loginFromEnvironment(options, deployment.appRolePath);
      const reading = await readCredential(vault, deployment.engine.mountPath, name);
      if (json) {
        const { accessToken, tokenType, expireTime, warnings } = reading;
        const expiry = expireTime?.toISOString() ?? null;
        console.log(
          JSON.stringify({ access_token: accessToken, token_type: tokenType, expire_time: expiry, warnings }, null, 2),
        );
      } else {
        reading.warnings.forEach((warning) => console.error(`warning: ${warning}`));
        console.log(reading.accessToken);
      }
    }),
);
