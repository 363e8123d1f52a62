import { z } from 'zod';
import { explainedBy, ExplainedError, vaultOptionsFromEnvironment, VaultResponseError } from 'webex-token-client/core';
import { VaultClient } from './vault-client';

/*
 * The client secret of an integration on its way into Vault, past Terraform's state: Terraform starts a command of ours
 * and hands it everything by environment, which no process list shows.
 */

/** What the declaration hands to the command. Only `clientSecret` is a secret. */
export interface IntegrationSecretOptions {
  readonly integration: string;
  /** Environment variable that the person at the terminal sets, to be named when it is missing. */
  readonly variable: string;
  readonly clientSecret?: string;
}

export interface IntegrationEntryOptions extends IntegrationSecretOptions {
  /** Where the entry is, like `oauthapp/servers/webex-myapp`. */
  readonly path: string;
  /** All other fields of the entry, as JSON: the plugin replaces the whole of it. */
  readonly entry: string;
}

/** @throws ExplainedError naming the variable to set */
export function requireClientSecret({ integration, variable, clientSecret }: IntegrationSecretOptions): string {
  if (clientSecret === undefined || clientSecret === '') {
    throw new ExplainedError(
      `the client secret of integration "${integration}" has to be written, but ${variable} is not set; set it to the secret that Webex shows for the integration and deploy again`,
    );
  }
  if (/\s/.test(clientSecret)) {
    throw new ExplainedError(`${variable} must be the client secret alone, got white space in it; copy it again`);
  }
  return clientSecret;
}

/** Writes the whole entry of an integration, its secret included. */
export async function writeIntegration(client: VaultClient, options: IntegrationEntryOptions): Promise<void> {
  const secret = requireClientSecret(options);
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(options.entry));
  try {
    await client.write(options.path, { ...fields, client_secret: secret });
  } catch (error) {
    if (error instanceof VaultResponseError) {
      throw explainedBy(
        error,
        `the client secret of integration "${options.integration}" is not written: ${error.message}; deploy again once that is solved`,
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
