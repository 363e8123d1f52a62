import { rolePath } from '../lib/apps/issued-secret-id';
import { findApp } from '../lib/declaration/derived/by-name';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { roleIdReply, secretIdReply } from '../lib/vault/replies';
import type { VaultClient } from '../lib/vault/vault-client';

/**
 * What an app needs to log in, its secret id issued anew.
 *
 * @param admin with a root token, in the namespace of the deployment
 */
export async function appRole(
  admin: VaultClient,
  deployment: Deployment,
  appName: string,
): Promise<{ roleId: string; secretId: string }> {
  const role = rolePath(deployment, findApp(deployment, appName));
  const known = await admin.read(`${role}/role-id`, roleIdReply);
  const issued = await admin.write(`${role}/secret-id`, {}, secretIdReply);
  return { roleId: known.data.role_id, secretId: issued.data.secret_id };
}
