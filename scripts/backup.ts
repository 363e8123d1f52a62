import { vaultOptionsFromEnvironment } from 'webex-token-client/core';
import type { Command } from 'commander';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { refuseVisibleToGit } from '../lib/server/git-visibility';
import { OPERATOR_ENVIRONMENT, OperatorSession } from '../lib/server/operator-session';
import { saveSnapshot } from '../lib/server/raft-snapshot';
import { explainRefusals } from '../lib/server/server-refusal';

/*
 * Writes all that the server holds, encrypted as it holds it, to a file.
 */

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Writes a Raft snapshot of the server to a file, mode 0600, whole or not at all, and prints its sha256. It is encrypted: restoring it takes the key shares (or the seal) of this server.',
    environment: { ...VAULT_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
  })
    .argument('<file>', 'where to write it; a file of that name is replaced once the new one is whole')
    .addOption(operatorsOption('backup'))
    .action(async (file: string) => {
      const { vault } = (await declaredDeployment(command)).deployment;
      await refuseVisibleToGit(file);
      const options = { ...vaultOptionsFromEnvironment({ address: vault.address }), namespace: undefined };
      const { sha256, bytes } = await explainRefusals(async () => {
        const operators = operatorFolder(command);
        const roleFromEnvironment = true;
        await using session = await OperatorSession.open(options, 'backup', { operators, roleFromEnvironment, signal });
        return await saveSnapshot(session.vault.connection, file, signal);
      });
      process.stdout.write(`${sha256}  ${file}\n`);
      process.stderr.write(`${bytes} bytes, checked\n`);
    });
}
