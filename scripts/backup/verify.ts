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

const DETAILS = [
  'The snapshot is restored into a temporary server of this machine, on loopback. It needs a "bao" or "vault" that is not older than the server of the backup.',
  'The key shares unseal it; if the server has a seal, the shares of the recovery key do. A static seal also needs its key, as the deployment declares it.',
  'The server runs in recovery mode, without any engine. It does not ask Webex, refreshes no token and shows none. Everything is deleted afterwards.',
  'This command needs the file and the key shares, but not the server of the backup. If a login of the operator "backup" is available and the file is the last backup, that server records the verification for "status".',
];

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Proves that a snapshot can be restored, and lists the grants in it.',
    details: DETAILS,
    examples: {
      'webex-token-vault backup verify grants.snap': 'Ask for the key shares, then look for each grant',
      'webex-token-vault backup verify grants.snap --key-shares /media/keys': 'Read the key shares from a folder',
    },
    environment: {
      ...VAULT_ENVIRONMENT,
      ...OPERATOR_ENVIRONMENT,
      [PROGRAM_VARIABLE]: 'Path of a bao or vault to verify with (default: the one on PATH)',
    },
    exitCodes: { 1: 'Failed, or a grant is absent or damaged' },
    // Two servers stop, one after the other.
    cleanUpMs: 20_000,
  })
    .argument('<file>', 'Snapshot that "backup create" wrote')
    .addOption(operatorsOption('backup'))
    .option(
      '--program <path>',
      `Path of a bao or vault to verify with (default: ${PROGRAM_VARIABLE}, or the one on PATH)`,
    )
    .option('--allow-absent <credentials...>', 'Credentials that may lack a grant, because nobody has consented yet')
    .option('--json', 'Print the result as JSON');
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
