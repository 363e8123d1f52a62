import type { Command } from 'commander';
import { describeCommand } from '../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { declaredConfiguration } from '../lib/declaration/derived/engine-configuration';
import { graceSignal } from '../lib/vault/grace-signal';
import { resumeRefreshing } from '../lib/vault/refresh-pause';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault resume': 'refresh again after a planned stop' },
    summary: 'Has the engine refresh again as declared, after "pause". It refreshes at once what is due.',
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .addOption(operatorsOption('provisioner'))
    .option('--json', 'print the result as JSON')
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
            ? `Refreshing at "${mountPath}" goes on: the engine looks for what is due now, and then every ${tuning.refreshCheckIntervalSeconds} s.\n`
            : `Refreshing at "${mountPath}" was not paused; nothing was changed.\n`,
      );
    });
}
