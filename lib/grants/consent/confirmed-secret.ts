import { ExplainedError } from '#core';
import { checkClientSecret } from '../../webex/client-secret-check';
import { ClientRefused } from '../../webex/grant-errors';
import type { PreparedImport } from './ways/prepared-import';

/**
 * Gets a secret that Vault never gives back, from a person or a file.
 *
 * @returns undefined if none was given
 */
export type AskForSecret = () => Promise<string | undefined>;

/**
 * Gets the client secret, and checks it at Webex, so that no person consents in vain. If Webex gives no verdict, the secret
 * is used unchecked.
 *
 * @throws ClientRefused if Webex does not know it; ExplainedError if none was given; the signal's reason
 */
export async function confirmedSecret({ stored, signal }: PreparedImport, ask: AskForSecret): Promise<string> {
  const { clientId, tokenUrl } = stored;
  const clientSecret = await givenSecret(ask, 'client secret');
  const { verdict, said } = await checkClientSecret({ tokenUrl, clientId, clientSecret, signal });
  if (verdict === 'refused') {
    throw new ClientRefused(clientId, { status: 401, said });
  }
  return clientSecret;
}

/** @throws ExplainedError if none was given */
export async function givenSecret(ask: AskForSecret, what: string): Promise<string> {
  const secret = await ask();
  if (secret === undefined) {
    throw new ExplainedError(`no ${what} was given, so nothing was changed; run the command again, and enter it`);
  }
  return secret;
}
