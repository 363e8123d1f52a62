import type { Command } from 'commander';
import { describeCommand } from '../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { declaredConfiguration } from '../lib/declaration/derived/engine-configuration';
import { graceSignal } from '../lib/vault/grace-signal';
import { resumeRefreshing } from '../lib/vault/refresh-pause';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault resume': 'Refresh again after a planned stop' },
    summary: 'Ends a pause: the engine refreshes as declared again, and at once if a token is due.',
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .addOption(operatorsOption('provisioner'))
    .option('--json', 'Print the result as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { deployment } = await declaredDeployment(command);
      const { mountPath, tuning } = deployment.engine;
      await using session = await openSession(command, deployment, 'provisioner', signal, true);
      const wasPaused = await resumeRefreshing({
        vault: session.vault.endedBy(graceSignal(signal)),
        mountPath,
        declared: declaredConfiguration(deployment),
      });
      process.stdout.write(
        json
          ? `${JSON.stringify({ mountPath, paused: false, wasPaused, checkIntervalSeconds: tuning.refreshCheckIntervalSeconds })}\n`
          : wasPaused
            ? `Refreshing at "${mountPath}" is resumed: the engine refreshes every due token now, and then checks every ${tuning.refreshCheckIntervalSeconds} s.\n`
            : `Refreshing at "${mountPath}" was not paused, so nothing was changed.\n`,
      );
    });
}
