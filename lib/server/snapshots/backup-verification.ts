import type { LoadedDeployment } from '../../declaration/files/load-deployment';
import { RememberedKeyShares } from '../../operators/key-shares';
import { findServerProgram } from '../../processes/server-program';
import { BackupRecording } from './backup-recording';
import type { BackupSessionOptions } from './backup';
import { verifySnapshot, type SnapshotSummary } from './snapshot-archive';
import {
  refuseMissing,
  refuseOtherProgram,
  type SnapshotOrigin,
  verifyCredentials,
  type VerifiedCredential,
} from './snapshot-verification';
import { verificationSeal } from './snapshot-seal';

export interface BackupVerificationOptions extends BackupSessionOptions {
  /** Path of a bao or vault program. @default - that on PATH */
  readonly program?: string;
  /** Shares of the unseal key, or with a seal of the recovery key. */
  readonly keyShares: AsyncGenerator<string>;
  /** Credentials whose grant may be missing. */
  readonly allowAbsent: readonly string[];
  readonly onWhole: (snapshot: SnapshotSummary) => void;
  readonly onCredentials: (credentials: readonly VerifiedCredential[]) => void;
}

/** Restores a snapshot into a throw-away server of this machine, and looks for the grant of each declared credential. */
export async function verifyBackup(
  { deployment, folder }: LoadedDeployment,
  file: string,
  options: BackupVerificationOptions,
): Promise<void> {
  const { allowAbsent, report, signal } = options;
  const snapshot = await verifySnapshot(file, signal);
  options.onWhole(snapshot);
  const keyShares = new RememberedKeyShares(options.keyShares);
  const seal = verificationSeal(deployment, folder);
  const opened = await BackupRecording.open(deployment, snapshot.sha256, options);
  await using recording = typeof opened === 'string' ? undefined : opened;
  // The product of a server that is declared elsewhere is unknown without a recording.
  const origin: SnapshotOrigin | undefined = recording?.origin ?? deployment.vault.server;
  const program = await findServerProgram(options.program, origin?.product);
  if (origin !== undefined) {
    refuseOtherProgram(program, origin);
  }
  // A wrong share is reported before anything that takes long.
  await keyShares.askFirst();
  report(`verifying it with ${program.product} ${program.version}`);
  const credentials = await verifyCredentials(deployment, { program, file, seal, keyShares, report, signal });
  options.onCredentials(credentials);
  refuseMissing(file, credentials, allowAbsent);
  report('verified: it can be restored, and the grants are in it');
  const problem = typeof opened === 'string' ? opened : await opened.noteVerified();
  if (problem !== undefined) {
    report(`notice: this verification is not recorded, so status does not know it: ${problem}`);
  }
}
