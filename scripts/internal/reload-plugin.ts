import type { Command } from 'commander';
import { z } from 'zod';
import { commandLine } from '#core';
import { describeCommand, say } from '../../lib/cli/command';
import { PLUGIN_RELOAD_ENVIRONMENT as NAMES } from '../../lib/declaration/command-environment';
import { providerClient, setByTerraform } from '../../lib/vault/terraform-environment';
import { reloadPlugin } from '../../lib/vault/plugin-reload';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/engine.ts. Its variables are
 * in lib/declaration/command-environment.ts.
 */

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault internal reload-plugin': 'Reload the plugin with the variables that Terraform sets',
    },
    summary: 'Makes Vault run the registered plugin, and pauses refreshing meanwhile. Terraform runs it.',
  }).action(() =>
    reloadPlugin(
      {
        vault: providerClient(process.env),
        mountPath: setByTerraform(NAMES.mountPath),
        movedFrom: process.env[NAMES.movedFrom],
        sha256: setByTerraform(NAMES.sha256),
        declared: z.record(z.string(), z.unknown()).parse(JSON.parse(setByTerraform(NAMES.configuration))),
      },
      {
        note: say,
        howToResume: process.env[NAMES.resume] ?? commandLine('resume'),
        signal,
      },
    ),
  );
}
