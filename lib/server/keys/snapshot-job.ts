import type { Deployment } from '../../declaration/schema/deployment';
import { snapshotAccount } from '../../declaration/schema/server/kubernetes-server-declaration';
import { BACKUP_POLICY_NAME } from '../../operators/operators';
import { mountsReply } from '../../vault/replies';
import { type VaultClient } from '../../vault/vault-client';

const DESCRIPTION = 'The snapshot job of this cluster. Written by "webex-token-vault init".';
const TOKEN_TTL_SECONDS = 600;

/**
 * Writes the auth method by which the snapshot job of OpenBao's chart logs in with its service account, or deletes it if no
 * job is declared any more. The server reviews the job's token by its own service account.
 *
 * @returns whether a job is declared
 */
export async function writeSnapshotJob(root: VaultClient, { vault: { server } }: Deployment): Promise<boolean> {
  if (server?.mode !== 'kubernetes') {
    return false;
  }
  const { name, path, audience } = snapshotAccount(server);
  const { [`${path}/`]: present } = (await root.read('sys/auth', mountsReply)).data;
  if (server.snapshots === undefined) {
    if (present?.description === DESCRIPTION) {
      await root.delete(`sys/auth/${path}`);
    }
    return false;
  }
  if (present === undefined) {
    await root.write(`sys/auth/${path}`, { type: 'kubernetes', description: DESCRIPTION });
  }
  await root.write(`auth/${path}/config`, { kubernetes_host: 'https://kubernetes.default.svc' });
  await root.write(`auth/${path}/role/${name}`, {
    bound_service_account_names: [name],
    bound_service_account_namespaces: [server.namespace],
    audience,
    token_policies: [BACKUP_POLICY_NAME],
    token_no_default_policy: true,
    token_ttl: TOKEN_TTL_SECONDS,
    token_max_ttl: TOKEN_TTL_SECONDS,
  });
  return true;
}
