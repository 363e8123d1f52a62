import { vaultOptionsFromEnvironment } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import type { OperatorFolder } from '../../operators/operator-folder';
import { OperatorSession } from '../../operators/operator-session';
import { VaultClient } from '../../vault/vault-client';
import { leaderConnection } from '../leader-connection';

export interface BackupSessionOptions {
  readonly operators: OperatorFolder;
  /** Gets a line where another node is asked. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
  /** How long an answer may take. @default - as long as for every request */
  readonly timeoutMs?: number;
}

/** Logs the operator "backup" in, in the root namespace, which holds what the whole server has. */
export async function openBackupSession(
  { vault: { address, server } }: Deployment,
  { operators, report, signal, timeoutMs }: BackupSessionOptions,
): Promise<OperatorSession> {
  const given = { ...vaultOptionsFromEnvironment({ address }), namespace: undefined, timeoutMs };
  // Anywhere else a standby names an address of the leader that this machine reaches.
  const connection =
    server?.mode === 'kubernetes'
      ? await leaderConnection(given, new VaultClient({ ...given, token: undefined, signal }), server, report)
      : given;
  return OperatorSession.open(connection, 'backup', { operators, roleFromEnvironment: true, signal });
}
