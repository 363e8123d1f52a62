import { describeError, commandLine } from '#core';
import { BACKUP_RECORD } from '../../declaration/schema/record-paths';
import { backupRecordSchema } from '../../vault/records/backup-record';
import { isRecordsMissing, Records } from '../../vault/records/record-store';
import { OLD_BACKUP_MS } from './thresholds';
import { describeDay } from '../relative-time';
import type { BackupLine } from '../report';

/** When the server was backed up last, as "webex-token-vault backup create" has recorded it. @throws VaultUnreachableError */
export async function lookAtBackup(records: Records, now: Date): Promise<BackupLine> {
  const line = (part: Omit<BackupLine, 'name' | 'notes'>): BackupLine => ({ name: 'last', notes: [], ...part });
  const next = commandLine('backup create', 'FILE');
  try {
    const { value, problem } = await records.read(BACKUP_RECORD, backupRecordSchema);
    if (value === undefined) {
      return problem === undefined
        ? line({ state: 'never', severity: 'attention', detail: 'no backup is known', next })
        : line({ state: 'unknown', severity: 'attention', detail: `the record of it ${problem}`, next });
    }
    const { takenAt, verifiedAt } = value;
    const verified = verifiedAt === null ? 'never verified' : 'verified';
    const isOld = now.getTime() - takenAt.getTime() > OLD_BACKUP_MS;
    return line({
      state: isOld ? 'old' : 'good',
      severity: isOld ? 'attention' : 'healthy',
      detail: `${describeDay(takenAt, now)}, ${verified}`,
      next: isOld ? next : undefined,
      takenAt,
      verifiedAt: verifiedAt ?? undefined,
    });
  } catch (error) {
    if (!isRecordsMissing(error)) {
      throw error;
    }
    return line({ state: 'unknown', severity: 'attention', detail: describeError(error) });
  }
}
