import { createCommand, loadDeployment, runCommand, VAULT_ENVIRONMENT } from '../lib/command';
import { readCredential } from '../lib/credential';
import { CREDENTIAL_EXIT_CODES } from '../lib/credential-errors';
import { findCredential } from '../lib/deployment';
import { vaultOptionsFromEnvironment } from '../lib/vault-client';
import { LOGIN_ENVIRONMENT, loginFromEnvironment } from '../lib/vault-login';

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
      const vault = await loginFromEnvironment(options, deployment.appRolePath, name);
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
