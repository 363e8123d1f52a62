import { UsageError, vaultOptionsFromEnvironment } from '#core';
import type { Command } from 'commander';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/declared-deployment';
import { operatorFolder, operatorsOption } from '../lib/cli/options/operators-option';
import { findCredential } from '../lib/declaration/derived/by-name';
import type { Deployment } from '../lib/declaration/schema/deployment';
import type { LoadedDeployment } from '../lib/declaration/files/load-deployment';
import { findServerProgram } from '../lib/process/server-program';
import { refuseVisibleToGit } from '../lib/files/git-visibility';
import { leaderConnection } from '../lib/server/leader-connection';
import { readKeyShares, RememberedKeyShares } from '../lib/operators/key-shares';
import { OPERATOR_ENVIRONMENT, OperatorSession } from '../lib/operators/operator-session';
import { saveSnapshot } from '../lib/server/snapshots/raft-snapshot';
import { explainRefusals } from '../lib/operators/server-refusal';
import { verifySnapshot, type SnapshotSummary } from '../lib/server/snapshots/snapshot-archive';
import {
  credentialJson,
  describeCredential,
  refuseMissing,
  refuseOtherProgram,
  type SnapshotOrigin,
  verifyCredentials,
  type VerifiedCredential,
} from '../lib/server/snapshots/snapshot-verification';
import { verificationSeal } from '../lib/server/snapshots/verification-seal';
import { noteBackup } from '../lib/vault/backup-note';
import { VaultClient } from '../lib/vault/vault-client';

/*
 * Writes all that the server holds, encrypted as it holds it, to a file, and proves what is in that.
 */

type Snapshot = SnapshotSummary & { readonly file: string };

interface Options {
  readonly verify?: true;
  readonly verifyOnly?: true;
  readonly from?: string;
  readonly shareFile?: string[];
  readonly program?: string;
  readonly allowAbsent?: string[];
  readonly json?: true;
}

/** As quickstart has it. */
const PROGRAM_VARIABLE = 'REHEARSAL_SERVER';

/** Two servers come to their end in it, one after the other. */
const CLEAN_UP_MS = 20_000;

const HELP = `
What --verify does: it restores the file into a throw-away server of this machine, a "bao" or "vault" not older than the
server, on loopback, opens that with the key shares (where a seal opens the server, those of the recovery key, and the
key of a static seal as deployment.ts declares it), and looks whether the grant of each declared credential is there.
It runs in recovery mode, without any engine: Webex is asked nothing, no token is refreshed, none is shown. All of it is
gone afterwards. Exit code 1 where a grant is absent or damaged. Who has the key shares may do it anywhere, later, with
--verify-only, which asks no server.
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault backup webex.snap --verify': 'write a snapshot and prove that it can be restored',
    },
    summary:
      'Writes a Raft snapshot of the server to a file, mode 0600, whole or not at all, and prints its sha256. It is encrypted: restoring it takes the key shares (or the seal) of this server. With --verify it proves that, and which grants are in it.',
    environment: {
      ...VAULT_ENVIRONMENT,
      ...OPERATOR_ENVIRONMENT,
      [PROGRAM_VARIABLE]: 'bao or vault to verify with; default: the one on PATH',
    },
    cleanUpMs: CLEAN_UP_MS,
  })
    .argument('<file>', 'where to write it; a file of that name is replaced once the new one is whole')
    .addOption(operatorsOption('backup'))
    .option('--verify', 'restore it into a throw-away server of this machine, and look for each grant')
    .option('--verify-only', 'the same with a file that is there; no backup is made')
    .option('--from <folder>', 'take the key shares that go with it from this folder')
    .option('--share-file <files...>', 'take them from these files; default: asked for, or on standard input')
    .option('--program <path>', `bao or vault to verify with; default: ${PROGRAM_VARIABLE}, else the one on PATH`)
    .option('--allow-absent <credentials...>', 'credentials whose grant need not be in it, as nobody has given it yet')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, options: Options) => {
      const declared = await declaredDeployment(command);
      (options.allowAbsent ?? []).forEach((name) => findCredential(declared.deployment, name));
      refuseContradiction(options);
      await explainRefusals(async () => {
        if (options.verifyOnly) {
          const snapshot = { file, ...(await verifySnapshot(file, signal)) };
          show(options, snapshot);
          await verify(declared, snapshot, options, signal);
        } else {
          await backUp(command, declared, file, options, signal);
        }
      });
    });
}

async function backUp(
  command: Command,
  declared: LoadedDeployment,
  file: string,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { deployment } = declared;
  await refuseVisibleToGit(file);
  const given = { ...vaultOptionsFromEnvironment({ address: deployment.vault.address }), namespace: undefined };
  const { server } = deployment.vault;
  // Anywhere else a standby names an address of the leader that this machine reaches.
  const connection =
    server?.mode === 'kubernetes'
      ? await leaderConnection(given, new VaultClient({ ...given, token: undefined, signal }), server, (line) => {
          process.stderr.write(`${line}\n`);
        })
      : given;
  await using session = await OperatorSession.open(connection, 'backup', {
    operators: operatorFolder(command),
    roleFromEnvironment: true,
    signal,
  });
  const takenAt = new Date().toISOString();
  const made = await saveSnapshot(session.vault.connection, file, signal);
  const note = async (verifiedAt: string | null): Promise<void> => {
    const problem = await noteBackup(session.vault, deployment, { takenAt, ...made, verifiedAt });
    if (problem !== undefined) {
      process.stderr.write(`notice: this backup is not noted, so status does not know of it: ${problem}\n`);
    }
  };
  // Before what may go wrong: the backup is there in any case.
  show(options, { file, ...made });
  await note(null);
  if (options.verify) {
    await verify(declared, { file, ...made }, options, signal);
    await note(new Date().toISOString());
  } else {
    showJson(options, { file, ...made, credentials: null });
  }
}

/** @throws ExplainedError where it cannot be restored, or misses a grant */
async function verify(
  declared: LoadedDeployment,
  snapshot: Snapshot,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  let credentials: VerifiedCredential[] | undefined;
  try {
    credentials = await lookInto(declared, snapshot.file, options, signal);
  } finally {
    showJson(options, { ...snapshot, credentials: credentials?.map(credentialJson) ?? null });
  }
  if (!options.json) {
    process.stdout.write(credentials.map((each) => `${describeCredential(each)}\n`).join(''));
  }
  refuseMissing(snapshot.file, credentials, options.allowAbsent ?? []);
  process.stderr.write('verified: it can be restored, and the grants are in it\n');
}

function show({ json }: Options, { file, sha256, bytes }: Snapshot): void {
  if (!json) {
    process.stdout.write(`${sha256}  ${file}\n`);
  }
  process.stderr.write(`${bytes} bytes, checked\n`);
}

function showJson({ json }: Options, shown: object): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(shown)}\n`);
  }
}

function refuseContradiction({ verify, verifyOnly, from, shareFile, program, allowAbsent }: Options): void {
  if (verify && verifyOnly) {
    throw new UsageError('--verify makes a backup and --verify-only makes none; give one of them');
  }
  const forVerification = {
    '--from': from,
    '--share-file': shareFile,
    '--program': program,
    '--allow-absent': allowAbsent,
  };
  const given = Object.entries(forVerification).find(([, value]) => value !== undefined);
  if (!verify && !verifyOnly && given !== undefined) {
    throw new UsageError(`${given[0]} is about a verification; add --verify, or leave it out`);
  }
}

async function lookInto(
  { deployment, folder }: LoadedDeployment,
  file: string,
  { verifyOnly, from, shareFile, program: named }: Options,
  signal: AbortSignal,
): Promise<VerifiedCredential[]> {
  const keyShares = new RememberedKeyShares(readKeyShares({ files: shareFile, folder: from }, signal));
  const seal = verificationSeal(deployment, folder);
  // Where the server is not asked for a backup, it need not be reached either.
  const options = { ...vaultOptionsFromEnvironment({ address: deployment.vault.address }), token: undefined, signal };
  const origin = verifyOnly ? declaredOrigin(deployment) : await new VaultClient(options).health();
  const program = await findServerProgram((named ?? process.env[PROGRAM_VARIABLE]) || undefined, origin?.product);
  if (origin !== undefined) {
    refuseOtherProgram(program, origin);
  }
  // What is wrong with it is said before anything takes its time.
  await keyShares.askFirst();
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  report(`verifying it with ${program.product} ${program.version}`);
  return verifyCredentials(deployment, { program, file, seal, keyShares, report, signal });
}

/** @returns undefined where the server is another's, which may be either product */
function declaredOrigin({ vault: { server } }: Deployment): SnapshotOrigin | undefined {
  return server && { product: server.product };
}
