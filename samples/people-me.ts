import { z } from 'zod';
import {
  APP_ENVIRONMENT,
  CREDENTIAL_EXIT_CODES,
  tokenSourceFromEnvironment,
  WebexFetch,
} from 'webex-token-client/core';
import { createCommand, runCommand } from '../lib/cli/command';
import { deploymentFile, loadDeployment } from '../lib/declaration/load-deployment';
import { chooseCredential } from '../lib/declaration/credential-choice';

/** Prints the display name of the person who authorised: the smallest app that uses the tokens. */

const person = z.object({ displayName: z.string() });

void runCommand((signal) =>
  createCommand({
    name: 'people-me',
    summary: 'Prints the display name of the person who authorised the credential.',
    environment: APP_ENVIRONMENT,
    exitCodes: CREDENTIAL_EXIT_CODES,
  })
    .option('--credential <name>', 'credential to use; default: the only one with scope spark:people_read')
    .action(async (options: { credential?: string }) => {
      const { deployment } = await loadDeployment(deploymentFile());
      const { name } = chooseCredential(deployment, ['spark:people_read'], options.credential);
      await using tokens = tokenSourceFromEnvironment(name, {
        onWarning: (warning) => console.error(`warning: ${warning}`),
      });
      const { apiUrl } = deployment.webex;
      const webex = new WebexFetch({ tokens, origins: [apiUrl] });
      const { displayName } = await webex.json(`${apiUrl}/people/me`, person, { signal });
      console.log(displayName);
    }),
);
