import type { Command } from 'commander';
import { describeCommand } from '../lib/cli/command';
import { PROVIDER_ENVIRONMENT, setByTerraform } from '../lib/cli/terraform-variables';
import { INTEGRATION_SECRET_ENVIRONMENT as NAMES } from '../lib/declaration/entry-secret-environment';
import { providerClient, requireClientSecret, writeIntegration } from '../lib/vault/entry-secret';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/integration.ts.
 */

export function define(command: Command): void {
  describeCommand(command, {
    summary: 'Writes the client secret of an integration. Terraform runs it; nobody else has to.',
    environment: {
      [NAMES.integration]: 'name of the integration',
      [NAMES.variable]: 'the variable that carries its secret into the apply, to be named when it is missing',
      [NAMES.clientSecret]: 'its client secret',
      [NAMES.path]: 'where its entry is in Vault',
      [NAMES.entry]: 'the fields of the entry, as JSON',
      ...PROVIDER_ENVIRONMENT,
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
        path: setByTerraform(NAMES.path),
        entry: setByTerraform(NAMES.entry),
      }),
    );
}

function secretOptions(): { integration: string; variable: string; clientSecret?: string } {
  return {
    integration: setByTerraform(NAMES.integration),
    variable: setByTerraform(NAMES.variable),
    clientSecret: process.env[NAMES.clientSecret],
  };
}
