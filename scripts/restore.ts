import type { Command } from 'commander';
import { ExplainedError, UsageError, vaultOptionsFromEnvironment, vaultVariable } from '#core';
import { describeCommand, READ_CLEAN_UP_MS, SERVER_ENVIRONMENT, wholeNumber } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/declared-deployment';
import { findCredential } from '../lib/declaration/derived/by-name';
import { encryptedConnection } from '../lib/server/encrypted-connection';
import { checkKeyOptions, type KeyOptions } from '../lib/server/keys/initialization';
import { readKeyShares, RememberedKeyShares } from '../lib/operators/key-shares';
import { DEFAULT_OPERATOR_FOLDER, OPERATORS_VARIABLE } from '../lib/operators/operator-folder';
import { OPERATOR_ENVIRONMENT, OperatorSession } from '../lib/operators/operator-session';
import { restoreServer } from '../lib/server/snapshots/restoration';
import { explainRefusals } from '../lib/operators/server-refusal';

/*
 * Puts a backup back, and proves it.
 */

interface Options {
  readonly credential?: string;
  readonly from?: string;
  readonly shareFile?: string[];
  readonly operators?: string;
  readonly shares?: number;
  readonly threshold?: number;
  readonly force?: true;
  readonly yes?: true;
  readonly unsealTimeoutSeconds: number;
}

const SECOND_MS = 1000;

const HELP = `
What it acts with: a root token for the moment, made of the key shares and the operator role "administrator"; or, where
no shares are given, VAULT_TOKEN. An empty server (its data deleted) needs neither: it is initialized with a key that is
forgotten again, and takes over the keys of the snapshot. Without shares, unseal it from another terminal.
How the unseal key of the snapshot is split (--shares, --threshold) is needed for an empty server and with --force, for
a server goes on counting shares as before; not where a seal opens the server. It is what "init" was told, 5 and 3
unless it was told otherwise.
All tokens, secret ids and key shares are those of the time of the backup afterwards. A refresh token that Webex has
replaced since then may be refused: read each credential, and authorize again where that fails.
A server that has the whole snapshot goes on by itself. An interruption then says whether the data is back.
The audit devices must be those of the server that the snapshot came from, their file_path included.
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault restore webex.snap --credential testauth': 'put a snapshot back, then read a credential',
    },
    summary:
      'Restores a Raft snapshot, onto the server that it came from or onto an empty one, waits until it is active, and reads a credential to prove it.',
    environment: { ...SERVER_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .argument('<file>', 'the snapshot, as "backup" wrote it')
    .option('--credential <name>', 'credential to read afterwards; its token is not shown')
    .option('--from <folder>', 'take the key shares that go with the snapshot from this folder')
    .option('--share-file <files...>', 'take them from these files; default: asked for, where there is a terminal')
    .option('--shares <n>', 'how many shares the unseal key of the snapshot is split into', wholeNumber)
    .option('--threshold <n>', 'how many of them it takes; default: both are asked for', wholeNumber)
    .option('--operators <folder>', 'folder with administrator-role-id and administrator-secret-id; default: --from')
    .option('--force', 'onto a server in use that has other keys; those of the snapshot then apply to it')
    .option('--yes', 'do not ask for confirmation; needed without a terminal')
    .option('--unseal-timeout-seconds <n>', 'how long others have to unseal it afterwards', wholeNumber, 300)
    .addHelpText('after', HELP)
    .action(async (file: string, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const connection = {
        ...encryptedConnection(vaultOptionsFromEnvironment({ address: deployment.vault.address })),
        namespace: undefined,
      };
      const { from, shareFile, force, credential: name, unsealTimeoutSeconds } = options;
      const credential = name === undefined ? undefined : findCredential(deployment, name);
      const token = vaultVariable('TOKEN');
      const given = from !== undefined || shareFile !== undefined;
      const asked = process.stdin.isTTY && token === undefined;
      const reading = await explainRefusals(() =>
        restoreServer(connection, {
          file,
          server: deployment.vault.server,
          force,
          credential: credential && { engine: deployment.engine, name: credential.name },
          token,
          keyShares:
            given || asked
              ? new RememberedKeyShares(readKeyShares({ files: shareFile, folder: from }, signal))
              : undefined,
          snapshotKey: () => snapshotKey(options, signal),
          asAdministrator: async (address, work) => {
            const path = options.operators ?? from ?? (process.env[OPERATORS_VARIABLE] || DEFAULT_OPERATOR_FOLDER);
            await using session = await OperatorSession.open(
              { ...connection, address, token: undefined },
              'administrator',
              {
                operators: { path, isNamed: options.operators !== undefined },
                roleFromEnvironment: true,
                env: { ...process.env, VAULT_TOKEN: undefined, BAO_TOKEN: undefined },
                signal,
              },
            );
            return await work(session.token);
          },
          unsealTimeoutMs: unsealTimeoutSeconds * SECOND_MS,
          confirm: (question) => confirm(question, options.yes === true, signal),
          report: (line) => process.stderr.write(`${line}\n`),
          signal,
        }),
      );
      process.stdout.write(
        reading === undefined
          ? 'Restored. No credential was read, as none was named; --credential does that.\n'
          : `Restored. Credential "${name ?? ''}" reads well${reading.expireTime === undefined ? '' : `, its access token expires at ${reading.expireTime.toISOString()}`}.\n`,
      );
      reading?.warnings.forEach((warning) => process.stderr.write(`warning: ${warning}\n`));
    });
}

/** How many shares there are, and how many of them it takes, cannot be seen in a snapshot. */
async function snapshotKey({ shares, threshold }: Options, signal: AbortSignal): Promise<KeyOptions> {
  if ((shares === undefined || threshold === undefined) && !process.stdin.isTTY) {
    throw new UsageError(
      'a server goes on counting key shares as before, so it has to be known how the unseal key of the snapshot is split; give --shares and --threshold',
    );
  }
  const key = {
    shares: shares ?? (await askNumber('Into how many shares is the unseal key of the snapshot split?', signal)),
    threshold: threshold ?? (await askNumber('How many of them does it take?', signal)),
  };
  checkKeyOptions(key);
  return key;
}

async function askNumber(message: string, signal: AbortSignal): Promise<number> {
  const prompts = await import('@inquirer/prompts');
  return prompts.number({ message, min: 1, max: 255, required: true }, { signal, output: process.stderr });
}

async function confirm(question: string, yes: boolean, signal: AbortSignal): Promise<void> {
  if (yes) {
    return;
  }
  if (!process.stdin.isTTY) {
    throw new UsageError('there is no terminal to ask whether to restore; say so with --yes');
  }
  const prompts = await import('@inquirer/prompts');
  if (!(await prompts.confirm({ message: question, default: false }, { signal, output: process.stderr }))) {
    throw new ExplainedError('nothing was restored');
  }
}
