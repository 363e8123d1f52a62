import { ExplainedError } from '#core';
import { readSecretFile } from '../../files/secret-file';

const WHAT = 'webhook secret';

/** A short secret can be guessed from one captured event. */
const FEWEST_CHARACTERS = 16;

/** More than the registrations of a deployment need. Each one costs a hash for each request. */
const MOST_SECRETS = 20;

/** A key of NUL characters, such as those of a file that a crash damaged, signs as the empty key does. */
const FORBIDDEN = /[\s\p{Cc}\p{Cf}]/u;

/**
 * The secrets of the webhooks, one a line. Each registration may have its own, and a replaced one may stay until Webex
 * signs by the new one. The file is read for each event, so a change needs no restart.
 *
 * @throws ExplainedError if the file is open to others, cannot be read, or has something else
 */
export async function readWebhookSecrets(file: string): Promise<readonly string[]> {
  const lines = (await readSecretFile(WHAT, file)).split('\n').map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '');
  if (secrets.length === 0 || secrets.length > MOST_SECRETS) {
    throw new ExplainedError(
      `the file of the ${WHAT}, ${file}, must have 1 to ${MOST_SECRETS} lines with one secret each, got ${secrets.length}; write the secret that the registration at Webex names`,
    );
  }
  const weak = secrets.find((secret) => secret.length < FEWEST_CHARACTERS || FORBIDDEN.test(secret));
  if (weak !== undefined) {
    throw new ExplainedError(
      `each line of ${file} must be a ${WHAT} of ${FEWEST_CHARACTERS} printable characters or more without spaces, got one of ${weak.length}; make one by "openssl rand -hex 32", and register it`,
    );
  }
  return secrets;
}
