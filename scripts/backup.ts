import { VaultConnection, vaultOptionsFromEnvironment } from 'webex-token-client/core';
import type { Command } from 'commander';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { DEFAULT_OPERATOR_FOLDER, OPERATOR_ENVIRONMENT, operatorToken } from '../lib/server/operator-folder';
import { saveSnapshot } from '../lib/server/raft-snapshot';
import { explainRefusals } from '../lib/server/server-refusal';

/*
 * Writes all that the server holds, encrypted as it holds it, to a file.
 */

export function define(command: Command): void {
  describeCommand(command, {
    summary:
      'Writes a Raft snapshot of the server to a file, mode 0600, whole or not at all, and prints its sha256. It is encrypted: restoring it takes the key shares (or the seal) of this server.',
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .argument('<file>', 'where to write it; a file of that name is replaced once the new one is whole')
    .option('--operators <folder>', 'folder with backup-role-id and backup-secret-id', DEFAULT_OPERATOR_FOLDER)
    .action(async (file: string, { operators }: { operators: string }) => {
      const { vault } = (await declaredDeployment(command)).deployment;
      const options = { ...vaultOptionsFromEnvironment({ address: vault.address }), namespace: undefined };
      const { sha256, bytes } = await explainRefusals(async () => {
        const token = await operatorToken(options, 'backup', operators);
        return saveSnapshot(new VaultConnection({ ...options, token }), file);
      });
      process.stdout.write(`${sha256}  ${file}\n`);
      process.stderr.write(`${bytes} bytes, checked\n`);
    });
}
