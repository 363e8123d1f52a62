import { describeError, ExplainedError, oneLine, VaultResponseError } from '#core';
import { BACKUP_RECORD } from '../../declaration/schema/record-paths';
import type { Deployment } from '../../declaration/schema/deployment';
import type { OperatorSession } from '../../operators/operator-session';
import { noteBackup, recordsFromRoot } from '../../vault/records/backup-note';
import { backupRecordSchema, type BackupRecord } from '../../vault/records/backup-record';
import { Records } from '../../vault/records/record-store';
import type { ServerHealth } from '../../vault/vault-client';
import { openBackupSession, type BackupSessionOptions } from './backup';

/** A server that is not there is not waited for: a verification does without it. */
const ANSWER_MS = 10_000;

/**
 * The record that the server has of a backup, to be told that the backup is verified.
 *
 * A verification takes the key shares and the file, and no server. So it is recorded only if a login of the operator
 * "backup" is at hand, the server answers, and the file is the backup that it has on record.
 */
export class BackupRecording implements AsyncDisposable {
  private constructor(
    private readonly session: OperatorSession,
    private readonly deployment: Deployment,
    private readonly record: BackupRecord,
    private readonly version: number,
    /** Product and version of the server that the backup is of. */
    readonly origin: ServerHealth,
  ) {}

  /** @returns why there is none, in its place */
  static async open(
    deployment: Deployment,
    sha256: string,
    options: BackupSessionOptions,
  ): Promise<BackupRecording | string> {
    let session: OperatorSession | undefined;
    try {
      session = await openBackupSession(deployment, { ...options, timeoutMs: ANSWER_MS });
      const vault = session.vault.endedBy(options.signal);
      const { value, version } = await new Records(vault, recordsFromRoot(deployment)).read(
        BACKUP_RECORD,
        backupRecordSchema,
      );
      if (value?.sha256 === sha256) {
        return new BackupRecording(session, deployment, value, version, await vault.health());
      }
      await session[Symbol.asyncDispose]();
      return 'the server has another backup on record, or none';
    } catch (error) {
      await session?.[Symbol.asyncDispose]();
      options.signal.throwIfAborted();
      return reasonOf(error);
    }
  }

  /** @returns why it could not be recorded */
  async noteVerified(): Promise<string | undefined> {
    const { takenAt, sha256, bytes } = this.record;
    const note = { sha256, bytes, takenAt: takenAt.toISOString(), verifiedAt: new Date().toISOString() };
    try {
      return await noteBackup(this.session.vault, this.deployment, note, this.version);
    } catch (error) {
      return reasonOf(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session[Symbol.asyncDispose]();
  }
}

/** @throws the error, unless a person can read it */
function reasonOf(error: unknown): string {
  if (error instanceof ExplainedError || error instanceof VaultResponseError) {
    return oneLine(describeError(error));
  }
  throw error;
}
