import type { Command } from 'commander';
import { commandLine } from '#core';
import { describeCommand, say } from '../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { declaredConfiguration } from '../lib/declaration/derived/engine-configuration';
import { pauseRefreshing } from '../lib/vault/refresh-pause';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault pause': 'Pause refreshing before a planned stop' },
    summary: 'Pauses background refreshing, and waits until no refresh is under way.',
    details: [
      'A stop of the server or of its plugin then loses no grant. "resume" ends the pause. A read of an expired token still refreshes it.',
    ],
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .addOption(operatorsOption('provisioner'))
    .option('--json', 'Print the result as JSON')
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
          `There is nothing to pause: the engine at "${mountPath}" is declared to refresh a token only when it is read (engine.tuning.refreshCheckIntervalSeconds is 0).\n`,
        );
      } else {
        process.stdout.write(
          `Refreshing at "${mountPath}" is paused, and no refresh is under way. A read of an expired token still refreshes it.\n` +
            `The pause outlasts restarts. To end it: ${howToResume}\n`,
        );
      }
    });
}
