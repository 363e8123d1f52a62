import { BACKUP_RECORD, dataPath } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule } from './policy-rule';

/*
 * Policies of the operators whose task is the whole server.
 */

/** Rights of the administrator: start a root token, under OpenBao's name and under Vault's. It needs the key shares too. */
export function administratorPolicy(): string {
  const endpoints = ['sys/generate-root-token', 'sys/generate-root'].flatMap((endpoint) => [
    rule(`${endpoint}/attempt`, ['read', 'create', 'update', 'delete', 'sudo'], 'start of a root token, or its end'),
    rule(`${endpoint}/update`, ['create', 'update', 'sudo'], 'one key share for a root token'),
  ]);
  return renderPolicy([...endpoints, LOGOUT]);
}

/** Rights of the operator backup: take a snapshot and note it. @param recordsPath seen from the root namespace */
export function backupPolicy(recordsPath: string): string {
  return renderPolicy([
    rule('sys/storage/raft/snapshot', ['read'], 'snapshot of the server'),
    rule(dataPath(recordsPath, BACKUP_RECORD), ['create', 'read', 'update'], 'record of the last backup'),
    LOGOUT,
  ]);
}
