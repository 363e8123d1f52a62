import { BACKUP_RECORD, dataPath } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule } from './policy-rule';

/*
 * Policies of the operators that administer the whole server.
 */

/** Rights of the administrator: to generate a root token, which also needs key shares. OpenBao and Vault name the path differently. */
export function administratorPolicy(): string {
  const endpoints = ['sys/generate-root-token', 'sys/generate-root'].flatMap((endpoint) => [
    rule(
      `${endpoint}/attempt`,
      ['read', 'create', 'update', 'delete', 'sudo'],
      'start, progress and cancellation of a root token',
    ),
    rule(`${endpoint}/update`, ['create', 'update', 'sudo'], 'key share for a root token'),
  ]);
  return renderPolicy([...endpoints, LOGOUT]);
}

/** Rights of the operator backup: to take a snapshot and to record it. @param recordsPath as in the root namespace */
export function backupPolicy(recordsPath: string): string {
  return renderPolicy([
    rule('sys/storage/raft/snapshot', ['read'], 'snapshot of the server'),
    rule(dataPath(recordsPath, BACKUP_RECORD), ['create', 'read', 'update'], 'record of the last backup'),
    LOGOUT,
  ]);
}
