import type { Command } from 'commander';
import { describeCommand } from '../../lib/cli/command';
import { PROVIDER_ENVIRONMENT, setByTerraform } from '../../lib/cli/stack/terraform-variables';
import { ENTRY_SECRET_ENVIRONMENT as NAMES } from '../../lib/declaration/command-environment';
import { providerClient, requireSecret, writeEntry, type EntrySecretOptions } from '../../lib/vault/entry-secret';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/entry-with-secret.ts.
 */

export function define(command: Command): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault internal write-entry check': 'check that the client secret is set',
    },
    summary: 'Writes an entry of Vault with its client secret. Terraform runs it.',
    environment: {
      [NAMES.of]: 'owner of the client secret',
      [NAMES.shownBy]: 'who shows the client secret to people',
      [NAMES.variable]: 'variable of Terraform that carries it, named if it is missing',
      [NAMES.secret]: 'the client secret',
      [NAMES.path]: 'path of the entry in Vault',
      [NAMES.fields]: 'the other fields of the entry, as JSON',
      [NAMES.secretField]: 'the field of the client secret',
      ...PROVIDER_ENVIRONMENT,
    },
  });
  command
    .command('check')
    .description('fails if the client secret is missing')
    .action(() => {
      requireSecret(secretOptions());
    });
  command
    .command('write')
    .description('writes the entry with its client secret')
    .action(() =>
      writeEntry(providerClient(process.env), {
        ...secretOptions(),
        path: setByTerraform(NAMES.path),
        fields: setByTerraform(NAMES.fields),
        secretField: setByTerraform(NAMES.secretField),
      }),
    );
}

function secretOptions(): EntrySecretOptions {
  return {
    of: setByTerraform(NAMES.of),
    shownBy: setByTerraform(NAMES.shownBy),
    variable: setByTerraform(NAMES.variable),
    secret: process.env[NAMES.secret],
  };
}
