import { describeError, ExplainedError, oneLine, VaultResponseError } from '#core';
import { BACKUP_RECORD } from '../../declaration/schema/record-paths';
import type { Deployment } from '../../declaration/schema/deployment';
import type { OperatorSession } from '../../operators/operator-session';
import { backupRecordSchema, type BackupRecord, noteBackup, recordsFromRoot } from '../../vault/records/backup-record';
import { Records } from '../../vault/records/record-store';
import type { ServerHealth } from '../../vault/vault-client';
import { openBackupSession, type BackupSessionOptions } from './backup';

/** Limit of an answer, because a verification does not need the server. */
const ANSWER_MS = 10_000;

/**
 * The server's record of a backup, in which a verification is noted. A verification needs no server. It is recorded only if
 * the server answers the operator "backup" and has this file on record.
 */
export class BackupRecording implements AsyncDisposable {
  private constructor(
    private readonly session: OperatorSession,
    private readonly deployment: Deployment,
    private readonly record: BackupRecord,
    private readonly version: number,
    /** Server of the backup, with product and version. */
    readonly origin: ServerHealth,
  ) {}

  /** @returns the record, or the reason why there is none */
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

/** @throws the error, if its message is not for people */
function reasonOf(error: unknown): string {
  if (error instanceof ExplainedError || error instanceof VaultResponseError) {
    return oneLine(describeError(error));
  }
  throw error;
}
