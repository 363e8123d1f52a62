import type { Command } from 'commander';
import { describeCommand, say, wholeNumber } from '../lib/cli/command';
import { SERVER_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, operatorFolder, operatorHelp } from '../lib/cli/operated-command';
import { durationOption } from '../lib/cli/options/option-values';
import { addLoginOutputOptions, loginOutput, type LoginOutputOptions } from '../lib/cli/options/login-output';
import { prepareOperatorFolder } from '../lib/operators/operator-folder';
import { rootConnection } from '../lib/server/encrypted-connection';
import { defaultAuditFile } from '../lib/server/keys/audit-device';
import { initializeServer } from '../lib/server/keys/initialization';
import { checkKeyOptions, readPgpKey, type KeyOptions } from '../lib/server/keys/new-key';
import { nextSteps } from '../lib/server/keys/next-steps';
import { VaultClient } from '../lib/vault/vault-client';

interface Options extends LoginOutputOptions {
  readonly shares: number;
  readonly threshold: number;
  readonly pgpKey?: string[];
  /** In seconds. */
  readonly unsealTimeout: number;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Initializes and unseals a new server, and creates the operators with their logins.',
    details: () => [
      'It writes the key shares, unseals the server, checks that it has an audit device, creates the roles of the operators, and revokes the root token. An initialized server is not changed.',
      ...operatorHelp(),
    ],
    examples: {
      'webex-token-vault init': 'Split the key into five shares, of which three unseal',
      'webex-token-vault init --shares 2 --threshold 2 --pgp-key ada.gpg blake.gpg': 'Encrypt each share for its owner',
    },
    environment: SERVER_ENVIRONMENT,
    cleanUpMs: 20_000,
  })
    .option('--shares <n>', 'Number of shares of the unseal key or recovery key', wholeNumber, 5)
    .option('--threshold <n>', 'Number of shares that are needed to unseal', wholeNumber, 3)
    .option('--pgp-key <files...>', 'Binary PGP public keys, each of which encrypts one share')
    .addOption(
      durationOption(
        '--unseal-timeout <duration>',
        'With --pgp-key: time for the owners of the keys to unseal the server',
        '1h',
      ),
    );
  addLoginOutputOptions(command, 'Folder for key shares, role ids and secret ids, a file each').action(
    async (options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const { shares, threshold, print, unsealTimeout, auditFile = defaultAuditFile(deployment) } = options;
      const client = new VaultClient({ ...rootConnection(deployment), token: undefined });
      const folder = print ? undefined : operatorFolder(command).path;
      const pgpKeys = options.pgpKey && (await Promise.all(options.pgpKey.map(readPgpKey)));
      const keys: KeyOptions = { shares, threshold, pgpKeys };
      checkKeyOptions(keys);
      const prepare = async (made: string): Promise<void> => {
        // An initialized server is the better reason to stop, so it is checked before the folder.
        if (!(await client.endedBy(signal).sealStatus()).initialized) {
          await prepareOperatorFolder(made);
        }
      };
      const receiver = await loginOutput(command, client, { prepare, signal });
      await initializeServer(client, {
        keys,
        deployment,
        receiver,
        auditFile,
        unsealTimeoutMs: unsealTimeout * 1000,
        // The owners have to decrypt the shares first.
        shareFolder: pgpKeys === undefined ? folder : undefined,
        report: say,
        signal,
      });
      nextSteps(deployment, folder).forEach(say);
    },
  );
}
