import { isPlainHttp } from '#core';
import { loginVariables } from '../../identity-variables';
import { appPod, LOGIN_TOKEN_FILE, LOGIN_VOLUME, loginToken } from '../app-pod';
import type { Deliverer } from '../delivery';
import { CA_KEY } from '../../../kubernetes/vault-ca';

/** Folder of the login token and Vault's CA in the pod. */
const FOLDER = '/var/run/secrets/webex-token-vault';

/**
 * The pod's program reads its tokens by `webex-token-client` or `webex-token` whenever it needs them. They are only in its
 * memory.
 */
export const clientPod: Deliverer = {
  notes: ({ app }) => [
    `The program reads ${app.reads.join(', ')} by webex-token-client, which takes the login and the address from these variables.`,
    'Tokens are only in its memory. It reads one whenever it needs one, so no copy can expire.',
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
