import { z } from 'zod';
import { explainedBy, ExplainedError, VaultResponseError } from '#core';
import type { ClientSecret } from '../declaration/derived/client-secret';
import type { VaultClient } from './vault-client';

/*
 * A client secret on its way into Vault. It is not in Terraform's state: Terraform starts a command of this package, and
 * passes the secret in its environment, which no process list shows.
 */

/** Options from the declaration. Only `secret` is secret. */
export interface EntrySecretOptions extends Omit<ClientSecret, 'variable'> {
  /** Environment variable that a person sets, for the error if it is missing. */
  readonly variable: string;
  readonly secret?: string;
}

export interface EntryOptions extends EntrySecretOptions {
  /** Path of the entry, such as `oauthapp/servers/webex-myapp`. */
  readonly path: string;
  /** All other fields as JSON, because a write replaces the whole entry. */
  readonly fields: string;
  readonly secretField: string;
}

/** @throws ExplainedError naming the variable to set */
export function requireSecret({ of, shownBy, variable, secret }: EntrySecretOptions): string {
  if (secret === undefined || secret === '') {
    throw new ExplainedError(
      `the client secret of ${of} has to be written, and ${variable} is not set; set it to the secret that ${shownBy} shows, then deploy again`,
    );
  }
  if (/\s/.test(secret)) {
    throw new ExplainedError(`${variable} must be only the client secret, got white space in it; copy it again`);
  }
  return secret;
}

export async function writeEntry(client: VaultClient, options: EntryOptions): Promise<void> {
  const secret = requireSecret(options);
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(options.fields));
  try {
    await client.write(options.path, { ...fields, [options.secretField]: secret });
  } catch (error) {
    if (error instanceof VaultResponseError) {
      throw explainedBy(
        error,
        `the client secret of ${options.of} is not written: ${error.message}; fix that, then deploy again`,
      );
    }
    throw error;
  }
}
