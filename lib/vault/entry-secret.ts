import { z } from 'zod';
import { explainedBy, ExplainedError, vaultOptionsFromEnvironment, VaultResponseError } from '#core';
import type { ClientSecret } from '../declaration/derived/client-secret';
import { VaultClient } from './vault-client';

/*
 * A client secret on its way into Vault, past Terraform's state: Terraform starts a command of ours and hands it
 * everything by environment, which no process list shows.
 */

/** What the declaration hands to the command. Only `secret` is one. */
export interface EntrySecretOptions extends Omit<ClientSecret, 'variable'> {
  /** Environment variable that the person at the terminal sets, to be named when it is missing. */
  readonly variable: string;
  readonly secret?: string;
}

export interface EntryOptions extends EntrySecretOptions {
  /** Where the entry is, like `oauthapp/servers/webex-myapp`. */
  readonly path: string;
  /** All other fields of the entry, as JSON: a write replaces the whole of it. */
  readonly fields: string;
  /** Name of the field that has the secret. */
  readonly secretField: string;
}

/** @throws ExplainedError naming the variable to set */
export function requireSecret({ of, shownBy, variable, secret }: EntrySecretOptions): string {
  if (secret === undefined || secret === '') {
    throw new ExplainedError(
      `the client secret of ${of} has to be written, but ${variable} is not set; set it to the secret that ${shownBy} shows for it and deploy again`,
    );
  }
  if (/\s/.test(secret)) {
    throw new ExplainedError(`${variable} must be the client secret alone, got white space in it; copy it again`);
  }
  return secret;
}

/** Writes the whole entry, its secret included. */
export async function writeEntry(client: VaultClient, options: EntryOptions): Promise<void> {
  const secret = requireSecret(options);
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(options.fields));
  try {
    await client.write(options.path, { ...fields, [options.secretField]: secret });
  } catch (error) {
    if (error instanceof VaultResponseError) {
      throw explainedBy(
        error,
        `the client secret of ${options.of} is not written: ${error.message}; deploy again once that is solved`,
      );
    }
    throw error;
  }
}

/**
 * The Vault that Terraform's provider talks to, so that the secret goes there and nowhere else.
 *
 * The provider knows the `VAULT_*` variables only, so `BAO_*` ones, which may name another server, are left out.
 */
export function providerClient(env: NodeJS.ProcessEnv): VaultClient {
  const known = Object.entries(env).filter(([name]) => !name.startsWith('BAO_'));
  return new VaultClient(vaultOptionsFromEnvironment({}, Object.fromEntries(known)));
}
