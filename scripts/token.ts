import {
  APP_ENVIRONMENT,
  AppRoleLogin,
  appRoleFromEnvironment,
  CREDENTIAL_EXIT_CODES,
  readCredential,
  VaultConnection,
  vaultOptionsFromEnvironment,
} from 'webex-token-client/core';
import { createCommand, loadDeployment, runCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { findCredential } from '../lib/declaration/deployment';
import { requireToken } from '../lib/access/vault-login';

/** Prints the access token of a credential, and nothing else. */

void runCommand(() =>
  createCommand({
    name: 'token',
    summary: 'Prints the access token of a credential. "npm run --silent" leaves out the lines that npm itself prints.',
    environment: { ...VAULT_ENVIRONMENT, ...APP_ENVIRONMENT },
    exitCodes: CREDENTIAL_EXIT_CODES,
  })
    .argument('<credential>', 'name of the credential, as in deployment.ts')
    .option('--json', 'print token, type, expiry and warnings as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const deployment = await loadDeployment(() => import('../deployment'));
      findCredential(deployment, name);
      const options = vaultOptionsFromEnvironment(deployment.vault);
      const appRole = appRoleFromEnvironment();
      const connection = new VaultConnection(options);
      if (appRole === undefined) {
        requireToken(options);
      }
      await using login = appRole && new AppRoleLogin(connection, { ...appRole, appRolePath: deployment.appRolePath });
      const vault = login === undefined ? connection : await login.vault();
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
