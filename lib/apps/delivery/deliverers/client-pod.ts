import { isPlainHttp } from '#core';
import { loginVariables } from '../../identity-variables';
import { appPod, LOGIN_TOKEN_FILE, LOGIN_VOLUME, loginToken } from '../app-pod';
import type { Deliverer } from '../delivery';
import { CA_KEY } from '../vault-ca';

/** Folder in the pod of its login token and Vault's CA. */
const FOLDER = '/var/run/secrets/webex-token-vault';

/**
 * Has the pod's program read its tokens by `webex-token-client` or `webex-token`. They are only in its memory, and it asks
 * for them when it needs them.
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
    return [appPod(delivery, { env, volumes: [volume] })];
  },
};
