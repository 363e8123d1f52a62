import type { Command } from 'commander';
import { UsageError } from 'webex-token-client/core';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { INTEGRATION_SECRET_ENVIRONMENT as NAMES } from '../lib/declaration/integration-secret-environment';
import { providerClient, requireClientSecret, writeIntegration } from '../lib/vault/integration-secret';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/integration.ts.
 */

export function define(command: Command): void {
  // Terraform's provider knows these forms only, and the secret has to go where the provider goes.
  const vaultEnvironment = Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name.startsWith('VAULT_'));
  describeCommand(command, {
    summary: 'Writes the client secret of an integration. Terraform runs it; nobody else has to.',
    environment: {
      [NAMES.integration]: 'name of the integration',
      [NAMES.variable]: 'the variable that carries its secret into the apply, to be named when it is missing',
      [NAMES.clientSecret]: 'its client secret',
      [NAMES.path]: 'where its entry is in Vault',
      [NAMES.entry]: 'the fields of the entry, as JSON',
      ...Object.fromEntries(vaultEnvironment),
    },
  });
  command
    .command('check')
    .description('fails where the client secret is missing')
    .action(() => {
      requireClientSecret(secretOptions());
    });
  command
    .command('write')
    .description('writes the entry with its client secret')
    .action(() =>
      writeIntegration(providerClient(process.env), {
        ...secretOptions(),
        path: variable(NAMES.path),
        entry: variable(NAMES.entry),
      }),
    );
}

function secretOptions(): { integration: string; variable: string; clientSecret?: string } {
  return {
    integration: variable(NAMES.integration),
    variable: variable(NAMES.variable),
    clientSecret: process.env[NAMES.clientSecret],
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new UsageError(
      `${name} is not set, as Terraform sets it for this command; run "npx webex-token-vault deploy" instead`,
    );
  }
  return value;
}
