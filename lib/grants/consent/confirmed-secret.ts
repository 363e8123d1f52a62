import { ExplainedError } from '#core';
import { checkClientSecret } from '../../webex/client-secret-check';
import { ClientRefused } from '../../webex/grant-errors';
import type { PreparedImport } from './ways/prepared-import';

/**
 * Gets the client secret, which the engine never gives back: from a person or a file.
 *
 * @returns undefined where none was given
 */
export type AskForSecret = () => Promise<string | undefined>;

/**
 * The client secret, as Webex knows it: before a person consents in vain.
 *
 * @throws ClientRefused where Webex does not know it; ExplainedError where there is none; the signal's reason
 */
export async function confirmedSecret(
  { clientId, tokenUrl, signal }: PreparedImport,
  ask: AskForSecret,
): Promise<string> {
  const clientSecret = await givenSecret(ask, 'client secret');
  const { verdict, said } = await checkClientSecret({ tokenUrl, clientId, clientSecret, signal });
  if (verdict === 'refused') {
    throw new ClientRefused(clientId, { status: 401, said });
  }
  // Where Webex does not tell, it will when it matters.
  return clientSecret;
}

/** @throws ExplainedError where there is none */
export async function givenSecret(ask: AskForSecret, what: string): Promise<string> {
  const secret = await ask();
  if (secret === undefined) {
    throw new ExplainedError(`no ${what} was given, so nothing was changed; run it again`);
  }
  return secret;
}
