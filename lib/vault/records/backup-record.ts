import { z } from 'zod';
import { time } from '../replies';

/** What is noted of the last backup. */
export const backupRecordSchema = z.object({
  takenAt: time,
  /** Of the snapshot file, in hex. */
  sha256: z.string(),
  bytes: z.number(),
  /** When it was restored into a server of its own and found whole; null: it was not. */
  verifiedAt: time.nullable(),
});

export type BackupRecord = z.output<typeof backupRecordSchema>;
