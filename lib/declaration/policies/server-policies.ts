import { BACKUP_RECORD, dataPath } from '../schema/record-paths';
import { LOGOUT, renderPolicy, type Rule } from './policy-rule';

/*
 * Policies of the operators whose task is the whole server.
 */

/** Rights of the administrator: start a root token, under OpenBao's name and under Vault's. It needs the key shares too. */
export function administratorPolicy(): string {
  const endpoints = ['sys/generate-root-token', 'sys/generate-root'].flatMap((endpoint): Rule[] => [
    {
      path: `${endpoint}/attempt`,
      capabilities: ['read', 'create', 'update', 'delete', 'sudo'],
      why: 'start a root token, or cancel it',
    },
    { path: `${endpoint}/update`, capabilities: ['create', 'update', 'sudo'], why: 'give a key share to it' },
  ]);
  return renderPolicy([...endpoints, LOGOUT]);
}

/** Rights of the operator backup: take a snapshot and note it. @param recordsPath seen from the root namespace */
export function backupPolicy(recordsPath: string): string {
  return renderPolicy([
    { path: 'sys/storage/raft/snapshot', capabilities: ['read'], why: 'a snapshot of the server' },
    {
      path: dataPath(recordsPath, BACKUP_RECORD),
      capabilities: ['create', 'read', 'update'],
      why: 'the record of the last backup',
    },
    LOGOUT,
  ]);
}
