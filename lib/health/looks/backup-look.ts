import { commandLine } from '#core';
import { BACKUP_RECORD } from '../../declaration/schema/record-paths';
import { backupRecordSchema } from '../../vault/records/backup-record';
import type { Records } from '../../vault/records/record-store';
import { OLD_BACKUP_MS } from './thresholds';
import { describeDay } from '../relative-time';
import { lineOf, type BackupLine } from '../report';

/** The last backup of the server, as "webex-token-vault backup create" recorded it. */
export async function lookAtBackup(records: Records, now: Date): Promise<BackupLine> {
  const name = 'last';
  const next = commandLine('backup create', 'FILE');
  const { version, value, problem } = await records.readOrProblem(BACKUP_RECORD, backupRecordSchema);
  if (problem !== undefined) {
    return version === 0
      ? lineOf(name, 'unknown', 'attention', problem)
      : lineOf(name, 'unknown', 'attention', `its record ${problem}`, next);
  }
  if (value === undefined) {
    return lineOf(name, 'never', 'attention', 'no backup is recorded', next);
  }
  const { takenAt, verifiedAt } = value;
  const detail = `${describeDay(takenAt, now)}, ${verifiedAt === null ? 'never verified' : 'verified'}`;
  const isOld = now.getTime() - takenAt.getTime() > OLD_BACKUP_MS;
  const line = isOld ? lineOf(name, 'old', 'attention', detail, next) : lineOf(name, 'good', 'healthy', detail);
  return { ...line, takenAt, verifiedAt: verifiedAt ?? undefined };
}
