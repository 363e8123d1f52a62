import type { Command } from 'commander';
import { describeCommand, say } from '../../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../../lib/cli/help-environment';
import { declaredDeployment, operatorFolder, operatorsOption } from '../../lib/cli/operated-command';
import { createBackup } from '../../lib/server/snapshots/backup';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Writes a Raft snapshot of the server to a file, and prints its sha256.',
    details: [
      'The file has mode 0600, and is written whole or not at all. It is encrypted: a restore needs the key shares or the seal of this server.',
    ],
    examples: {
      'webex-token-vault backup create grants.snap': 'Write a snapshot to a file',
      'webex-token-vault backup create /backups/grants.snap --json': 'Write a snapshot in a script',
    },
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .argument('<file>', 'File for the snapshot; an existing file is replaced once the snapshot is whole')
    .addOption(operatorsOption('backup'))
    .option('--json', 'Print the result as JSON')
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
