import { once } from 'node:events';
import { APP_ENVIRONMENT, tokenSourceFromEnvironment, vaultOptionsFromEnvironment } from 'webex-token-client/core';
import { createCommand, runCommand } from '../lib/cli/command';
import { deploymentFile, loadDeployment } from '../lib/declaration/load-deployment';
import { chooseCredential } from '../lib/declaration/credential-choice';
import { findIntegration } from '../lib/declaration/deployment';
import { VaultClient } from '../lib/vault/vault-client';
import { requireToken } from '../lib/access/vault-login';
import { Authorization } from './people-me-web/authorization';
import { refuseExcessiveRights } from './people-me-web/rights';
import { serve } from './people-me-web/serve';
import { createWebApp } from './people-me-web/web-app';

/**
 * A small web app that shows who is authorised, and lets a person authorise.
 *
 * It is two to Vault: an app that reads the token, by AppRole, and an authorizer that asks for consent, by token.
 */

void runCommand((signal) =>
  createCommand({
    name: 'people-me-web',
    summary:
      'Serves a page, where the redirect URL points, that shows who authorised the credential; if nobody, it has an Authorize button.',
    environment: { ...APP_ENVIRONMENT, VAULT_TOKEN: 'token with the policy of the authorizer, and no other' },
  })
    .option('--credential <name>', 'credential to use; default: the only one with scope spark:people_read')
    .action(async (options: { credential?: string }) => {
      const notice = (line: string): void => console.error(line);
      const { deployment } = await loadDeployment(deploymentFile());
      const credential = chooseCredential(deployment, ['spark:people_read'], options.credential);
      const vaultOptions = vaultOptionsFromEnvironment(deployment.vault);
      requireToken(vaultOptions);
      const vault = new VaultClient(vaultOptions);
      await refuseExcessiveRights(vault, deployment, notice);

      await using tokens = tokenSourceFromEnvironment(credential.name, { retry: { attempts: 2 } });
      const authorization = new Authorization({ deployment, credential, vault, tokens, notice });
      const redirectUrl = new URL(findIntegration(deployment, credential.integration).redirectUrl);
      const app = createWebApp({ authorization, credential, redirectUrl, notice });
      const server = await serve(app, redirectUrl);
      try {
        notice(`Open ${redirectUrl.origin}/ in a browser; Ctrl-C ends it.`);
        await once(signal, 'abort');
      } finally {
        await server[Symbol.asyncDispose]();
      }
    }),
);
