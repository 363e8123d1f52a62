import { z } from 'zod';
import { BACKUP_RECORD } from '../../declaration/schema/record-paths';
import type { Deployment } from '../../declaration/schema/deployment';
import { time } from '../replies';
import { isRecordsMissing, Records } from './record-store';
import type { VaultClient } from '../vault-client';

/** The last backup. `status` warns if it is old. */
export const backupRecordSchema = z.object({
  takenAt: time,
  /** Digest of the snapshot file, in hex. */
  sha256: z.string(),
  bytes: z.number(),
  /** When a restore on a temporary server found it complete; null if there was none. */
  verifiedAt: time.nullable(),
});

export type BackupRecord = z.output<typeof backupRecordSchema>;

/** Path of the records from the root namespace, in which the operator "backup" acts. */
export function recordsFromRoot({ vault, engine }: Deployment): string {
  return [...(vault.namespace === undefined ? [] : [vault.namespace]), engine.recordsPath].join('/');
}

/**
 * @param vault with the token of the operator "backup", in the root namespace
 * @param expected version of the record that it replaces @default - any
 * @returns why it could not be recorded, if there are no records or no answer
 */
export async function noteBackup(
  vault: VaultClient,
  deployment: Deployment,
  note: z.input<typeof backupRecordSchema>,
  expected?: number,
): Promise<string | undefined> {
  try {
    await new Records(vault, recordsFromRoot(deployment)).write(BACKUP_RECORD, note, expected);
    return undefined;
  } catch (error) {
    if (!isRecordsMissing(error)) {
      throw error;
    }
    return error.message;
  }
}
