import { findApp } from '../lib/declaration/derived/by-name';
import { rolePath } from '../lib/declaration/derived/logins';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { roleIdReply, secretIdReply } from '../lib/vault/replies';
import type { VaultClient } from '../lib/vault/vault-client';

export interface AppLogin {
  readonly roleId: string;
  readonly secretId: string;
}

/** @param admin with a root token, in the namespace of the deployment. @returns the app's role id and a new secret id */
export function appRole(admin: VaultClient, deployment: Deployment, appName: string): Promise<AppLogin> {
  return newLogin(admin, rolePath(deployment, findApp(deployment, appName)));
}

/** @param role path of an AppRole role */
export async function newLogin(admin: VaultClient, role: string): Promise<AppLogin> {
  const known = await admin.read(`${role}/role-id`, roleIdReply);
  const issued = await admin.write(`${role}/secret-id`, {}, secretIdReply);
  return { roleId: known.data.role_id, secretId: issued.data.secret_id };
}
