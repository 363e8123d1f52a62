import { tokenSourceFromEnvironment, WebexFetch } from 'webex-token-client';
import { z } from 'zod';
import { apiUrlOption } from './api-url';
import { createCommand, runCommand } from './command';

/** Prints the display name of the person who authorized: the smallest app that uses the tokens. */

const person = z.object({ displayName: z.string() });

void runCommand((signal) =>
  createCommand({
    name: 'people-me',
    summary: 'Prints the display name of the person who authorized the credential.',
  })
    .option('--credential <name>', 'credential to use, with scope spark:people_read', 'testauth')
    .addOption(apiUrlOption())
    .action(async ({ credential, apiUrl }: { credential: string; apiUrl: string }) => {
      await using tokens = tokenSourceFromEnvironment(credential, {
        onWarning: (warning) => console.error(`warning: ${warning}`),
      });
      const webex = new WebexFetch({ tokens, origins: [apiUrl] });
      const { displayName } = await webex.json(`${apiUrl}/people/me`, person, { signal });
      console.log(displayName);
    }),
);
