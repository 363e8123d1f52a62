import type { Command } from 'commander';
import { z } from 'zod';
import { commandLine } from '#core';
import { describeCommand, say } from '../../lib/cli/command';
import { PROVIDER_ENVIRONMENT, RESUME_VARIABLE, setByTerraform } from '../../lib/cli/stack/terraform-variables';
import { PLUGIN_RELOAD_ENVIRONMENT as NAMES } from '../../lib/declaration/command-environment';
import { providerClient } from '../../lib/vault/entry-secret';
import { reloadPlugin } from '../../lib/vault/plugin-reload';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/engine.ts.
 */

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault internal reload-plugin': 'reload it with the variables that Terraform sets',
    },
    summary: 'Has Vault run the plugin that was registered, with refreshing paused meanwhile. Terraform runs it.',
    environment: {
      [NAMES.mountPath]: 'mount path of the engine',
      [NAMES.movedFrom]: 'earlier mount path of the engine',
      [NAMES.sha256]: 'sha256 of the plugin',
      [NAMES.configuration]: 'declared configuration of the engine, as JSON',
      [RESUME_VARIABLE]: 'command that resumes refreshing, shown after an interruption',
      ...PROVIDER_ENVIRONMENT,
    },
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
        howToResume: process.env[RESUME_VARIABLE] ?? commandLine('resume'),
        signal,
      },
    ),
  );
}
