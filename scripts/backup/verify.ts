import type { Command } from 'commander';
import { describeCommand, say } from '../../lib/cli/command';
import { OPERATOR_ENVIRONMENT, VAULT_ENVIRONMENT } from '../../lib/cli/help-environment';
import { declaredDeployment, operatorFolder, operatorsOption } from '../../lib/cli/operated-command';
import { addKeyShareOptions } from '../../lib/cli/options/key-share-options';
import { readKeyShares, type KeyShareOptions } from '../../lib/operators/key-shares';
import { findCredential } from '../../lib/declaration/derived/by-name';
import { verifyBackup } from '../../lib/server/snapshots/backup-verification';
import { credentialJson, describeCredential } from '../../lib/server/snapshots/snapshot-verification';

interface Options extends KeyShareOptions {
  readonly program?: string;
  readonly allowAbsent?: string[];
  readonly json?: true;
}

/** The variable of quickstart. */
const PROGRAM_VARIABLE = 'REHEARSAL_SERVER';

const HELP = `
The file is restored into a throw-away server of this machine, on loopback: a "bao" or "vault" not older than the server
of the backup. The key shares open it, or with a seal those of the recovery key; a static seal takes its key as well, as
deployment.ts declares it. The server runs in recovery mode, without any engine. Webex is asked nothing, no token is
refreshed, and none is shown. All of it is deleted afterwards. Exit code 1 says that a grant is absent or damaged.

It runs wherever the file and the key shares are, without a server. If a login of the operator "backup" is at hand too,
and the file is the last backup, the server records the verification for "status".
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Proves that a snapshot can be restored, and says which grants are in it.',
    examples: {
      'webex-token-vault backup verify grants.snap': 'ask for the key shares, then look for each grant',
      'webex-token-vault backup verify grants.snap --key-shares /media/keys': 'take the key shares from a folder',
    },
    environment: {
      ...VAULT_ENVIRONMENT,
      ...OPERATOR_ENVIRONMENT,
      [PROGRAM_VARIABLE]: 'bao or vault to verify with; default: the one on PATH',
    },
    // Two servers stop, one after the other.
    cleanUpMs: 20_000,
  })
    .argument('<file>', 'the snapshot, as "backup create" wrote it')
    .addOption(operatorsOption('backup'))
    .option('--program <path>', `bao or vault to verify with (default: ${PROGRAM_VARIABLE}, or the one on PATH)`)
    .option('--allow-absent <credentials...>', 'credentials without a grant, because nobody has consented yet')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP);
  addKeyShareOptions(command).action(async (file: string, options: Options) => {
    const declared = await declaredDeployment(command);
    const { allowAbsent = [], json, program = process.env[PROGRAM_VARIABLE] } = options;
    allowAbsent.forEach((name) => findCredential(declared.deployment, name));
    let found: object | undefined;
    try {
      await verifyBackup(declared, file, {
        operators: operatorFolder(command),
        program: program || undefined,
        keyShares: readKeyShares(options, signal),
        allowAbsent,
        onWhole: ({ sha256, bytes }) => {
          found = { file, sha256, bytes, credentials: null };
          process.stdout.write(json ? '' : `${sha256}  ${file}\n`);
          say(`${bytes} bytes, checked`);
        },
        onCredentials: (credentials) => {
          found = { ...found, credentials: credentials.map(credentialJson) };
          process.stdout.write(json ? '' : credentials.map((each) => `${describeCredential(each)}\n`).join(''));
        },
        report: say,
        signal,
      });
    } finally {
      if (json && found !== undefined) {
        process.stdout.write(`${JSON.stringify(found)}\n`);
      }
    }
  });
}
