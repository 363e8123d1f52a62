import { vaultOptionsFromEnvironment } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { refuseVisibleToGit } from '../../files/git-visibility';
import type { OperatorFolder } from '../../operators/operator-folder';
import { OperatorSession } from '../../operators/operator-session';
import { noteBackup } from '../../vault/records/backup-record';
import { leaderConnection } from '../leader-connection';
import { saveSnapshot } from './raft-snapshot';
import type { SnapshotSummary } from './snapshot-archive';

export interface BackupSessionOptions {
  readonly operators: OperatorFolder;
  /** Gets a line if another node is asked. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
  /** Limit of one answer. @default - that of every request */
  readonly timeoutMs?: number;
}

/** Logs the operator "backup" in, in the root namespace, because a snapshot contains the whole server. */
export async function openBackupSession(
  { vault: { address, server } }: Deployment,
  { operators, report, signal, timeoutMs }: BackupSessionOptions,
): Promise<OperatorSession> {
  const given = { ...vaultOptionsFromEnvironment({ address }), namespace: undefined, timeoutMs };
  // Outside of Kubernetes, a standby node redirects to an address of the leader that this machine reaches.
  const connection = server?.mode === 'kubernetes' ? await leaderConnection(given, { server, report, signal }) : given;
  return OperatorSession.open(connection, 'backup', { operators, roleFromEnvironment: true, signal });
}

export interface BackupOptions extends BackupSessionOptions {
  /** Called once the file is written, before it is recorded. */
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
    options.report(`notice: the backup is good but not recorded, so status does not know it: ${problem}`);
  }
}
