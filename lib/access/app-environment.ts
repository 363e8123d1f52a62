import { resolve } from 'node:path';
import { engineMount, vaultVariable, type VaultConnectionOptions } from 'webex-token-client/core';
import { appRolePath as appRolePathField } from '../declaration/app-declaration';
import type { App, Deployment } from '../declaration/deployment';

/** Where Vault is, as the environment of `bao`, `vault` and our own programs says it. */
export function serverVariables({ address, namespace }: VaultConnectionOptions): Record<string, string> {
  const caFile = vaultVariable('CACERT');
  return {
    VAULT_ADDR: address,
    ...(namespace === undefined ? {} : { VAULT_NAMESPACE: namespace }),
    // What is printed is pasted in other folders too.
    ...(caFile === undefined ? {} : { VAULT_CACERT: resolve(caFile) }),
  };
}

/** All that an app's environment needs beside its secret id, but for what its client takes by itself. */
export function appVariables(
  { engine, appRolePath }: Deployment,
  { renewsSecretId }: App,
  connection: VaultConnectionOptions,
  roleId: string,
): Record<string, string> {
  return {
    ...serverVariables(connection),
    ...(engine.mountPath === engineMount({}) ? {} : { OAUTHAPP_MOUNT: engine.mountPath }),
    ...(appRolePath === appRolePathField.parse(undefined) ? {} : { APPROLE_MOUNT: appRolePath }),
    VAULT_ROLE_ID: roleId,
    ...(renewsSecretId ? { VAULT_RENEW_SECRET_ID: 'true' } : {}),
  };
}
