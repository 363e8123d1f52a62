import type { Command } from 'commander';
import { commandLine } from '#core';
import { describeCommand, say } from '../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { declaredConfiguration } from '../lib/declaration/derived/engine-configuration';
import { pauseRefreshing } from '../lib/vault/refresh-pause';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault pause': 'stop refreshing before a planned stop' },
    summary:
      'Stops background refreshing and waits until no refresh can be under way, so that a stop of the server or of its plugin loses no grant. "resume" ends the pause.',
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .addOption(operatorsOption('provisioner'))
    .option('--json', 'print the result as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { deployment } = await declaredDeployment(command);
      const { mountPath } = deployment.engine;
      await using session = await openSession(command, deployment, 'provisioner', signal, true);
      const howToResume = commandLine('resume');
      const pause = await pauseRefreshing(
        { vault: session.vault, mountPath, declared: declaredConfiguration(deployment) },
        { note: say, howToResume, signal },
      );
      if (json) {
        process.stdout.write(`${JSON.stringify({ mountPath, paused: pause !== undefined, ...pause })}\n`);
      } else if (pause === undefined) {
        process.stdout.write(
          `The engine at "${mountPath}" is declared to refresh only what is read (engine.tuning.refreshCheckIntervalSeconds is 0), so there is nothing to pause.\n`,
        );
      } else {
        process.stdout.write(
          `Refreshing at "${mountPath}" is paused, and none is under way. A read of a token that has expired still refreshes it.\n` +
            `It stays paused, whatever is stopped and started, until: ${howToResume}\n`,
        );
      }
    });
}
