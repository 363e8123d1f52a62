import type { Command } from 'commander';
import { UsageError } from '#core';
import { say } from '../command';
import { operatorFolder, operatorFolderOption } from '../operated-command';
import { folderReceiver, shownReceiver } from '../../server/keys/secret-receivers';
import type { SecretReceiver } from '../../server/keys/preparation';
import type { VaultClient } from '../../vault/vault-client';

export interface LoginOutputOptions {
  readonly print?: true;
  readonly auditFile?: string;
}

/** Gives a command that makes operators its options. @param folder purpose of the operators' folder */
export function addLoginOutputOptions(command: Command, folder: string): Command {
  return command
    .addOption(operatorFolderOption(folder))
    .option('--print', 'Show the secrets once on this terminal, and write no file')
    .option(
      '--audit-file <path>',
      'File of the audit log on a Vault server, or "stdout"; OpenBao declares it in its configuration',
    );
}

/** The receiver of the secrets of one run. @param prepare makes the folder */
export async function loginOutput(
  command: Command,
  client: VaultClient,
  { prepare, signal }: { readonly prepare: (folder: string) => Promise<void>; readonly signal: AbortSignal },
): Promise<SecretReceiver> {
  const { path: folder } = operatorFolder(command);
  if (!command.opts<LoginOutputOptions>().print) {
    await prepare(folder);
    return folderReceiver(client, { folder, report: say, signal });
  }
  if (!process.stdout.isTTY) {
    throw new UsageError('--print needs a terminal, and standard output is not one; leave out --print');
  }
  return shownReceiver((line) => process.stdout.write(`${line}\n`));
}
