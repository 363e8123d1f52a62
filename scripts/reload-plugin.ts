import type { Command } from 'commander';
import { UsageError } from 'webex-token-client/core';
import { z } from 'zod';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { PLUGIN_RELOAD_ENVIRONMENT as NAMES } from '../lib/declaration/plugin-reload-environment';
import { providerClient } from '../lib/vault/integration-secret';
import { reloadPlugin } from '../lib/vault/plugin-reload';

/*
 * Started by Terraform while it applies stack `webex-tokens`, never by hand: see constructs/tokens/engine.ts.
 */

export function define(command: Command, signal: AbortSignal): void {
  const vaultEnvironment = Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name.startsWith('VAULT_'));
  describeCommand(command, {
    summary:
      'Has Vault run the plugin that was registered, with refreshing paused meanwhile. Terraform runs it; nobody else has to.',
    environment: {
      [NAMES.mountPath]: 'where the engine is mounted, or will be',
      [NAMES.movedFrom]: 'where it may be mounted before that',
      [NAMES.sha256]: 'sha256 of the plugin that is to run',
      [NAMES.configuration]: 'how the engine is declared to be configured, as JSON',
      ...Object.fromEntries(vaultEnvironment),
    },
  }).action(() =>
    reloadPlugin(
      {
        vault: providerClient(process.env),
        mountPath: variable(NAMES.mountPath),
        movedFrom: process.env[NAMES.movedFrom],
        sha256: variable(NAMES.sha256),
        declared: z.record(z.string(), z.unknown()).parse(JSON.parse(variable(NAMES.configuration))),
      },
      {
        note: (line) => process.stderr.write(`${line}\n`),
        howToResume: 'npx webex-token-vault resume',
        signal,
      },
    ),
  );
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
