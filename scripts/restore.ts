import type { Command } from 'commander';
import { ExplainedError, vaultOptionsFromEnvironment, vaultVariable } from '#core';
import { describeCommand, READ_CLEAN_UP_MS, say, wholeNumber } from '../lib/cli/command';
import { OPERATOR_ENVIRONMENT, SERVER_ENVIRONMENT } from '../lib/cli/help-environment';
import { addYesOption, confirmed } from '../lib/cli/confirmation';
import { declaredDeployment, operatorFolder, operatorsOption } from '../lib/cli/operated-command';
import { durationOption } from '../lib/cli/options/option-values';
import { addKeyShareOptions, askKeyOptions } from '../lib/cli/options/key-share-options';
import { findCredential } from '../lib/declaration/derived/by-name';
import { asAdministrator } from '../lib/operators/as-administrator';
import { readKeyShares, RememberedKeyShares, type KeyShareOptions } from '../lib/operators/key-shares';
import { encryptedConnection } from '../lib/server/encrypted-connection';
import { restoreServer } from '../lib/server/snapshots/restoration';

interface Options extends KeyShareOptions {
  readonly credential?: string;
  readonly shares?: number;
  readonly threshold?: number;
  readonly force?: true;
  readonly yes?: boolean;
  /** In seconds. */
  readonly unsealTimeout: number;
}

const DETAILS = [
  'It uses a root token, generated from the key shares and the login of the administrator. Without key shares, it uses VAULT_TOKEN.',
  'An empty server needs neither: it is initialized with a key that nobody keeps, and then takes the keys of the snapshot. Its data is deleted. Without key shares, unseal it from another terminal.',
  'An empty server needs --shares and --threshold, and so does --force, because the server keeps its old count of shares. The numbers are those of "init", 5 and 3 by default. A server with a seal needs neither option.',
  'Afterwards, all tokens, secret ids and key shares are those of the time of the backup. Webex may refuse a refresh token that it has replaced since then. Read each credential, and authorize it again if the read fails.',
  'Once the server has the whole snapshot, it continues by itself. A message after an interruption says whether the data is restored.',
  'The audit devices must be those of the server that the snapshot came from, with the same file_path.',
];

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Restores a Raft snapshot on its own server or on an empty one, and reads a credential to prove it.',
    details: DETAILS,
    examples: {
      'webex-token-vault restore grants.snap --credential testauth': 'Restore a snapshot, then read a credential',
      'webex-token-vault restore grants.snap --shares 5 --threshold 3': 'Restore a snapshot on an empty server',
    },
    environment: { ...SERVER_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .argument('<file>', 'Snapshot that "backup create" wrote')
    .option('--credential <name>', 'Credential to read afterwards; its token is not shown')
    .option(
      '--shares <n>',
      'Number of shares of the unseal key of the snapshot (default: a person is asked)',
      wholeNumber,
    )
    .option('--threshold <n>', 'Number of shares that are needed to unseal (default: a person is asked)', wholeNumber)
    .addOption(operatorsOption('administrator'))
    .option('--force', 'Restore on a server in use with other keys; the keys of the snapshot replace them')
    .addOption(durationOption('--unseal-timeout <duration>', 'Time for others to unseal the server afterwards', '5m'));
  addYesOption(addKeyShareOptions(command)).action(async (file: string, options: Options) => {
    const { deployment } = await declaredDeployment(command);
    const connection = {
      ...encryptedConnection(vaultOptionsFromEnvironment({ address: deployment.vault.address })),
      namespace: undefined,
    };
    const { keyShares, shareFile, force, credential: name, yes, unsealTimeout } = options;
    const credential = name === undefined ? undefined : findCredential(deployment, name);
    const token = vaultVariable('TOKEN');
    const takesShares =
      keyShares !== undefined || shareFile !== undefined || (process.stdin.isTTY && token === undefined);
    const reading = await restoreServer(connection, {
      file,
      server: deployment.vault.server,
      force,
      credential: credential && { engine: deployment.engine, name: credential.name },
      token,
      keyShares: takesShares ? new RememberedKeyShares(readKeyShares(options, signal)) : undefined,
      snapshotKey: () => askKeyOptions(options, signal),
      asAdministrator: asAdministrator(connection, { operators: operatorFolder(command), signal }),
      unsealTimeoutMs: unsealTimeout * 1000,
      confirm: async (question) => {
        if (!(await confirmed(question, { yes, asked: 'whether to restore', signal }))) {
          throw new ExplainedError('nothing was restored');
        }
      },
      report: say,
      signal,
    });
    const expiry =
      reading?.expireTime === undefined ? '' : `; its access token expires at ${reading.expireTime.toISOString()}`;
    process.stdout.write(
      reading === undefined
        ? 'Restored. No credential was read; name one with --credential to test it.\n'
        : `Restored. Credential "${name ?? ''}" can be read${expiry}.\n`,
    );
    reading?.warnings.forEach((warning) => say(`warning: ${warning}`));
  });
}
