import type { Deployment } from '../../declaration/schema/deployment';
import { refuseVisibleToGit } from '../../files/git-visibility';
import { noteBackup } from '../../vault/records/backup-note';
import { openBackupSession, type BackupSessionOptions } from './backup-session';
import { saveSnapshot } from './raft-snapshot';
import type { SnapshotSummary } from './snapshot-archive';

export interface BackupOptions extends BackupSessionOptions {
  /** Called once the file is there, whatever becomes of its record. */
  readonly onWritten: (snapshot: SnapshotSummary) => void;
}

/** Writes a snapshot of the server to a file, and a record of it for `status`. */
export async function createBackup(deployment: Deployment, file: string, options: BackupOptions): Promise<void> {
  await refuseVisibleToGit(file);
  await using session = await openBackupSession(deployment, options);
  const takenAt = new Date().toISOString();
  const made = await saveSnapshot(session.vault.connection, file, options.signal);
  options.onWritten(made);
  const problem = await noteBackup(session.vault, deployment, { takenAt, ...made, verifiedAt: null });
  if (problem !== undefined) {
    options.report(`notice: this backup is not recorded, so status does not know of it: ${problem}`);
  }
}
