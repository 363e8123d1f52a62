import type { Command } from 'commander';
import { describeCommand, say } from '../../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../../lib/cli/help-environment';
import { declaredDeployment, operatorFolder, operatorsOption } from '../../lib/cli/operated-command';
import { createBackup } from '../../lib/server/snapshots/backup';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Writes a Raft snapshot of the server to a file, mode 0600, whole or not at all, and prints its sha256. It is encrypted: restoring it takes the key shares or the seal of this server.',
    examples: {
      'webex-token-vault backup create grants.snap': 'write a snapshot to a file',
      'webex-token-vault backup create /backups/grants.snap --json': 'the same in a script',
    },
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .argument('<file>', 'file for the snapshot, which replaces an existing file once it is whole')
    .addOption(operatorsOption('backup'))
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { json }: { json?: true }) => {
      const { deployment } = await declaredDeployment(command);
      await createBackup(deployment, file, {
        operators: operatorFolder(command),
        onWritten: ({ sha256, bytes }) => {
          process.stdout.write(json ? `${JSON.stringify({ file, sha256, bytes })}\n` : `${sha256}  ${file}\n`);
          say(`${bytes} bytes, checked`);
        },
        report: say,
        signal,
      });
    });
}
