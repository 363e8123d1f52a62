import type { z } from 'zod';
import { BACKUP_RECORD } from '../../declaration/schema/record-paths';
import type { Deployment } from '../../declaration/schema/deployment';
import type { backupRecordSchema } from './backup-record';
import { isRecordsMissing, Records } from './record-store';
import type { VaultClient } from '../vault-client';

/*
 * What Vault is told of its last backup, so that somebody notices when there are none any more.
 */

/** Where the records are, as the operator sees them: it acts in the root namespace, and they lie where the deployment is. */
export function recordsFromRoot({ vault, engine }: Deployment): string {
  return [...(vault.namespace === undefined ? [] : [vault.namespace]), engine.recordsPath].join('/');
}

/**
 * @param vault with the token of the operator role "backup", in the root namespace
 * @param expected version of the record that it replaces @default - any
 * @returns why it could not be noted, where nothing is lost by that
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
