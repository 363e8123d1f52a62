import { resolve } from 'node:path';
import {
  ALLOW_SEPARATOR,
  engineMount,
  commandLine,
  vaultVariable,
  type VaultConnectionOptions,
  isPlainHttp,
} from '#core';
import { APPROLE_PATH } from '../declaration/schema/app-declaration';
import type { IdentityLogin, JwtLogin } from '../declaration/derived/app-login';
import type { App, Deployment } from '../declaration/schema/deployment';
import { DEFAULT_AUDIENCE } from '../declaration/schema/identity-declaration';

/** Variables with the address of Vault, for `bao`, `vault` and our own programs. */
export function serverVariables({ address, namespace }: VaultConnectionOptions): Record<string, string> {
  const caFile = vaultVariable('CACERT');
  return {
    VAULT_ADDR: address,
    ...(isPlainHttp(address) ? { VAULT_ALLOW_HTTP: 'true' } : {}),
    ...(namespace === undefined ? {} : { VAULT_NAMESPACE: namespace }),
    // Absolute, because people paste these lines in other folders too.
    ...(caFile === undefined ? {} : { VAULT_CACERT: resolve(caFile) }),
  };
}

/** Variables of an app with an AppRole, without its secret id. */
export function appVariables(
  deployment: Deployment,
  app: App,
  connection: VaultConnectionOptions,
  roleId: string,
): Record<string, string> {
  const { engine, appRole } = deployment;
  return {
    ...serverVariables(connection),
    ...engineVariables(engine),
    ...(appRole.path === APPROLE_PATH ? {} : { APPROLE_MOUNT: appRole.path }),
    VAULT_ROLE_ID: roleId,
    ...(app.renewsSecretId ? { VAULT_RENEW_SECRET_ID: 'true' } : {}),
    ...credentialVariables(deployment, app),
    ...allowVariables(app),
  };
}

/** The credentials of an app that reads several, or those of organizations. Such an app loops over them. */
export function credentialVariables({ credentials }: Deployment, { reads }: App): Record<string, string> {
  const members = new Set(credentials.filter((each) => each.organization !== undefined).map(({ name }) => name));
  const isList = reads.length > 1 || reads.some((name) => members.has(name));
  return isList ? { WEBEX_CREDENTIALS: reads.join(' ') } : {};
}

/** The rules of `webex-token proxy` for the app. Other programs ignore them. */
export function allowVariables({ allow }: App): Record<string, string> {
  return allow === undefined ? {} : { WEBEX_ALLOW: allow.join(ALLOW_SEPARATOR) };
}

/** Variables of an app with an identity of its own. {@link identityPlace} describes the place of that identity. */
export function identityVariables(
  deployment: Deployment,
  app: App,
  login: IdentityLogin,
  connection: VaultConnectionOptions,
): Record<string, string> {
  return {
    ...serverVariables(connection),
    ...loginVariables(deployment, app, login),
    ...credentialVariables(deployment, app),
    ...allowVariables(app),
  };
}

/** The variables of the login, without the address of Vault. */
export function loginVariables({ engine }: Deployment, app: App, login: IdentityLogin): Record<string, string> {
  const isAskedFor = login.type === 'jwt' && login.from === 'github' && login.audience !== DEFAULT_AUDIENCE;
  return {
    ...engineVariables(engine),
    VAULT_AUTH_METHOD: login.type,
    ...(login.path === login.type ? {} : { VAULT_AUTH_MOUNT: login.path }),
    VAULT_ROLE: app.vaultName,
    ...(isAskedFor ? { VAULT_JWT_AUDIENCE: login.audience } : {}),
  };
}

/** Lines about the file or the variable of the identity, which only the app's machine knows. */
export function identityPlace(login: IdentityLogin): string[] {
  switch (login.type) {
    case 'kubernetes':
      return login.cluster === undefined
        ? [
            `Name the file of its token in VAULT_JWT_FILE. The token comes from a projected volume, for audience "${login.audience}".`,
            `This command prints the manifest of a pod with that volume: ${commandLine('kubernetes', 'APP')}`,
          ]
        : [
            'A pod needs nothing more if its token is in the usual file. Otherwise name the file in VAULT_JWT_FILE.',
            `Its service account needs the cluster role system:auth-delegator, and the token audience "${login.audience}".`,
          ];
    case 'cert':
      return ['Name the PEM files of its certificate and key in VAULT_CLIENT_CERT and VAULT_CLIENT_KEY.'];
    case 'jwt':
      return PLACES[login.from](login.audience);
  }
}

const PLACES: Readonly<Record<JwtLogin['from'], (audience: string) => string[]>> = {
  jwt: (audience) => [
    `Name the file of its token in VAULT_JWT_FILE. The token is for audience "${audience}". Each login reads the file again.`,
  ],
  github: () => ['The client requests the token from GitHub. The workflow needs: permissions: { id-token: write }'],
  gitlab: (audience) => [`The job needs: id_tokens: { VAULT_JWT: { aud: ${audience} } }`],
};

function engineVariables({ mountPath }: Deployment['engine']): Record<string, string> {
  return mountPath === engineMount({}) ? {} : { OAUTHAPP_MOUNT: mountPath };
}
