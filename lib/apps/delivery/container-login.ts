import { isPlainHttp } from '#core';
import { CA_KEY } from '../../kubernetes/vault-ca';
import { loginVariables } from '../identity-variables';
import { LOGIN_TOKEN_FILE, LOGIN_VOLUME, loginToken } from './app-pod';
import type { Delivery } from './delivery';

/** Folder of the login token and Vault's CA in the container. */
const FOLDER = '/var/run/secrets/webex-token-vault';

/** A container that logs in to Vault as the app, by `webex-token-client` or `webex-token`. */
export interface ContainerLogin {
  readonly env: Readonly<Record<string, string>>;
  /** Volume with the token of the service account, and with Vault's CA. */
  readonly volume: { readonly name: string; readonly source: object };
  /** Path of the volume in the container. */
  readonly mountPath: string;
}

export function containerLogin(delivery: Delivery): ContainerLogin {
  const { deployment, app, login, address, ca } = delivery;
  const { namespace } = deployment.vault;
  const env = {
    VAULT_ADDR: address,
    ...(isPlainHttp(address) ? { VAULT_ALLOW_HTTP: 'true' } : {}),
    ...(namespace === undefined ? {} : { VAULT_NAMESPACE: namespace }),
    ...(ca === undefined ? {} : { VAULT_CACERT: `${FOLDER}/${CA_KEY}` }),
    ...loginVariables(deployment, app, login),
    VAULT_JWT_FILE: `${FOLDER}/${LOGIN_TOKEN_FILE}`,
  };
  const sources = [
    loginToken(delivery),
    ...(ca === undefined ? [] : [{ secret: { name: ca.secretName, items: [{ key: CA_KEY, path: CA_KEY }] } }]),
  ];
  return { env, volume: { name: LOGIN_VOLUME, source: { projected: { sources } } }, mountPath: FOLDER };
}
