import { parseArgs } from 'node:util';
import { tokenSourceFromEnvironment, WebexFetch } from 'webex-token-client';
import { z } from 'zod';
import { note, runCommand, WEBEX_API_URL } from './sample-command';

/** The smallest app that uses the tokens. It prints the display name of the person who authorized. */

const person = z.object({ displayName: z.string() });

void runCommand(async (signal) => {
  const { values } = parseArgs({ options: { credential: { type: 'string', default: 'testauth' } } });
  await using tokens = tokenSourceFromEnvironment(values.credential, {
    onWarning: (warning) => note(`warning: ${warning}`),
  });
  const webex = new WebexFetch({ tokens, origins: [WEBEX_API_URL] });
  const { displayName } = await webex.json(`${WEBEX_API_URL}/people/me`, person, { signal });
  console.log(displayName);
});
