import type { Command } from 'commander';
import { describeCommand, say } from '../../lib/cli/command';
import { OPERATOR_ENVIRONMENT, SERVER_ENVIRONMENT } from '../../lib/cli/help-environment';
import { declaredDeployment, operatorFolder, operatorHelp } from '../../lib/cli/operated-command';
import { addKeyShareOptions } from '../../lib/cli/options/key-share-options';
import { readKeyShares, type KeyShareOptions } from '../../lib/operators/key-shares';
import { addLoginOutputOptions, loginOutput, type LoginOutputOptions } from '../../lib/cli/options/login-output';
import { createPrivateFolder } from '../../lib/files/private-file';
import { rootConnection } from '../../lib/server/encrypted-connection';
import { defaultAuditFile } from '../../lib/server/keys/audit-device';
import { updateOperators } from '../../lib/server/keys/operator-update';
import { VaultClient } from '../../lib/vault/vault-client';

interface Options extends LoginOutputOptions, KeyShareOptions {
  readonly rotate?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Writes the roles and policies of the operators as the declaration needs them now.',
    details: () => [
      'Run it after a new app or integration, for example. Operators without a secret id get one.',
      'It generates a root token from the key shares and the login of the administrator, and revokes it afterwards. It cancels an unfinished generation of another root token.',
      'Key shares are typed unseen, or come from files or standard input, one a line.',
      ...operatorHelp(),
    ],
    examples: {
      'webex-token-vault operators update': 'Ask for the key shares, then write roles and policies',
      'webex-token-vault operators update --rotate --key-shares /media/keys': 'Give every operator a new secret id',
    },
    environment: { ...SERVER_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
    cleanUpMs: 20_000,
  }).option('--rotate', 'Give all operators new secret ids, and destroy the old ones');
  addLoginOutputOptions(
    addKeyShareOptions(command),
    "Folder with the administrator's login, and for the new logins",
  ).action(async (options: Options) => {
    const { deployment } = await declaredDeployment(command);
    const connection = rootConnection(deployment);
    const { print, rotate = false, auditFile = defaultAuditFile(deployment) } = options;
    const client = new VaultClient({ ...connection, token: undefined, signal });
    // With --rotate, the folder is needed in any case, so it is made before the root token.
    const prepare = (folder: string): Promise<void> => (rotate ? createPrivateFolder(folder) : Promise.resolve());
    await updateOperators(connection, {
      deployment,
      receiver: await loginOutput(command, client, { prepare, signal }),
      operators: operatorFolder(command),
      writesFolder: !print,
      rotates: rotate,
      keyShares: readKeyShares(options, signal),
      auditFile,
      report: say,
      signal,
    });
  });
}
