import { isPlainHttp } from '#core';
import { loginVariables } from '../../identity-variables';
import { appPod, LOGIN_TOKEN_FILE, LOGIN_VOLUME, loginToken } from '../app-pod';
import type { Deliverer } from './deliverer';
import { serviceAccount } from '../service-account';
import { CA_KEY, vaultCa } from '../vault-ca';

/** In the pod: what it logs in with, and what it knows Vault by. */
const FOLDER = '/var/run/secrets/webex-token-vault';

/**
 * A pod whose program reads its tokens by `webex-token-client`, or `webex-token`: they are in its memory and nowhere else,
 * and it asks for them when it needs them.
 */
export const clientPod: Deliverer = {
  notes: ({ app }) => [
    `The program reads ${app.reads.join(', ')} by webex-token-client, which takes who and where from these variables.`,
    'A token is in its memory alone. It is asked for when it is needed, so there is no copy that ages.',
  ],
  manifests: (delivery) => {
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
    const volume = { name: LOGIN_VOLUME, source: { projected: { sources } }, mountPath: FOLDER };
    return [...vaultCa(delivery), ...serviceAccount(delivery), appPod(delivery, { env, volumes: [volume] })];
  },
};
