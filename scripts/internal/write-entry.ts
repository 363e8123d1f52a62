import { Argument, type Command } from 'commander';
import { describeCommand } from '../../lib/cli/command';
import { ENTRY_SECRET_ENVIRONMENT as NAMES } from '../../lib/declaration/command-environment';
import { requireSecret, writeEntry, type EntrySecretOptions } from '../../lib/vault/entry-secret';
import { providerClient, setByTerraform } from '../../lib/vault/terraform-environment';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/entry-with-secret.ts. Its
 * variables are in lib/declaration/command-environment.ts.
 */

export function define(command: Command): void {
  describeCommand(command, {
    examples: { 'webex-token-vault internal write-entry check': 'Check that the client secret is set' },
    summary: 'Writes an entry of Vault with its client secret. Terraform runs it.',
  })
    .addArgument(
      new Argument('<action>', 'Step: check fails if the client secret is missing, write writes the entry').choices([
        'check',
        'write',
      ]),
    )
    .action(async (action: 'check' | 'write') => {
      if (action === 'check') {
        requireSecret(secretOptions());
      } else {
        await writeEntry(providerClient(process.env), {
          ...secretOptions(),
          path: setByTerraform(NAMES.path),
          fields: setByTerraform(NAMES.fields),
          secretField: setByTerraform(NAMES.secretField),
        });
      }
    });
}

function secretOptions(): EntrySecretOptions {
  return {
    of: setByTerraform(NAMES.of),
    shownBy: setByTerraform(NAMES.shownBy),
    variable: setByTerraform(NAMES.variable),
    secret: process.env[NAMES.secret],
  };
}
