import type { Command } from 'commander';
import { CREDENTIAL_EXIT_CODES, readCredential } from 'webex-token-client/core';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { findCredential } from '../lib/declaration/deployment';
import { vaultOptionsFromEnvironment } from '../lib/vault/vault-client';
import { LOGIN_ENVIRONMENT, loginFromEnvironment } from '../lib/access/vault-login';

/** Prints the access token of a credential, and nothing else. */

export function define(command: Command): void {
  describeCommand(command, {
    summary: 'Prints the access token of a credential.',
    environment: { ...VAULT_ENVIRONMENT, ...LOGIN_ENVIRONMENT },
    exitCodes: CREDENTIAL_EXIT_CODES,
  })
    .argument('<credential>', 'name of the credential, as in deployment.ts')
    .option('--json', 'print token, type, expiry and warnings as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { deployment } = await declaredDeployment(command);
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
    });
}
