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

const HELP = `
It acts with a root token, made from the key shares and the login of the administrator, or without key shares with
VAULT_TOKEN. An empty server, whose data is deleted, needs neither: it is initialized with a key that nobody keeps, and
takes the keys of the snapshot. Without key shares, unseal it from another terminal.
--shares and --threshold are needed for an empty server and with --force, as a server goes on counting shares as before.
They are what "init" was told, 5 and 3 by default. A server that a seal opens needs neither.
All tokens, secret ids and key shares are those of the time of the backup afterwards. A refresh token that Webex has
replaced since then may be refused: read each credential, and authorize again where that fails.
A server that has the whole snapshot goes on by itself. An interruption then says whether the data is back.
The audit devices must be those of the server that the snapshot came from, their file_path included.
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Restores a Raft snapshot, onto the server that it came from or onto an empty one, waits until it is active, and reads a credential to prove it.',
    examples: {
      'webex-token-vault restore grants.snap --credential testauth': 'put a snapshot back, then read a credential',
      'webex-token-vault restore grants.snap --shares 5 --threshold 3': 'put it onto an empty server',
    },
    environment: { ...SERVER_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .argument('<file>', 'the snapshot, as "backup create" wrote it')
    .option('--credential <name>', 'credential to read afterwards; its token is not shown')
    .option('--shares <n>', 'how many shares the unseal key of the snapshot is split into', wholeNumber)
    .option('--threshold <n>', 'how many of them are needed (default: both are asked for)', wholeNumber)
    .addOption(operatorsOption('administrator'))
    .option('--force', 'restore onto a server in use that has other keys, which the keys of the snapshot then replace')
    .addOption(
      durationOption('--unseal-timeout <duration>', 'how long others have to unseal the server afterwards', '5m'),
    )
    .addHelpText('after', HELP);
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
      reading?.expireTime === undefined ? '' : `, its access token expires at ${reading.expireTime.toISOString()}`;
    process.stdout.write(
      reading === undefined
        ? 'Restored. No credential was read, as none was named; --credential does that.\n'
        : `Restored. Credential "${name ?? ''}" reads well${expiry}.\n`,
    );
    reading?.warnings.forEach((warning) => say(`warning: ${warning}`));
  });
}
