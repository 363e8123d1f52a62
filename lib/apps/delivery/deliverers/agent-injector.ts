import { nameInVault } from '../../../declaration/schema/vault-name';
import { appPod, LOGIN_VOLUME, loginToken } from '../app-pod';
import type { Deliverer } from './deliverer';
import { TOKENS_FOLDER, VAULT_TIMEOUT, type Delivery } from '../delivery';
import { goDuration } from '../refresh-interval';
import { serviceAccount } from '../service-account';
import { CA_KEY, vaultCa } from '../vault-ca';

/** Where the injector mounts the Secret that `tls-secret` names. @see agent-inject/agent/container_volume.go of it */
const TLS_FOLDER = '/vault/tls';

/**
 * By an agent beside the app's container, which the injector of either chart puts there, in a volume in memory.
 *
 * @see https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations
 */
export const agentInjector: Deliverer = {
  notes: ({ app, refreshIntervalSeconds }) => [
    'For the agent injector of the chart of OpenBao or Vault (injector.enabled), in the same words for both.',
    `The pod has each token in ${TOKENS_FOLDER}/<credential>, in memory and in no Secret; read the file for each use.`,
    `Of this pod: ${app.reads.join(', ')}. The agent looks for another one every ${goDuration(refreshIntervalSeconds)}.`,
  ],
  manifests: (delivery) => [
    ...vaultCa(delivery),
    ...serviceAccount(delivery),
    appPod(delivery, {
      annotations: annotations(delivery),
      // The agent has it, and the app has no use of it.
      volumes: [{ name: LOGIN_VOLUME, source: { projected: { sources: [loginToken(delivery)] } } }],
    }),
  ],
};

function annotations({ deployment, app, login, address, ca, refreshIntervalSeconds }: Delivery) {
  // Part of each path: both agents read a namespace there, for logins and templates alike.
  const prefix = deployment.vault.namespace === undefined ? '' : `${deployment.vault.namespace}/`;
  const mountPath = `${prefix}${deployment.engine.mountPath}`;
  const settings = {
    'agent-inject': 'true',
    service: address,
    ...(ca === undefined ? {} : { 'tls-secret': ca.secretName, 'ca-cert': `${TLS_FOLDER}/${CA_KEY}` }),
    'client-timeout': VAULT_TIMEOUT,
    'auth-path': `${prefix}auth/${login.path}`,
    role: nameInVault(app),
    'agent-service-account-token-volume-name': LOGIN_VOLUME,
    // The files are the user's that the app runs as, and nobody else's.
    'agent-run-as-same-user': 'true',
    // The app starts with its tokens there.
    'agent-pre-populate': 'true',
    'template-static-secret-render-interval': goDuration(refreshIntervalSeconds),
    'secret-volume-path': TOKENS_FOLDER,
    'preserve-secret-case': 'true',
    ...Object.fromEntries(app.reads.flatMap((credential, index) => file(mountPath, credential, index))),
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`vault.hashicorp.com/${key}`, value]));
}

/** By number, since the name of an annotation may be shorter than that of a credential. */
function file(mountPath: string, credential: string, index: number): [string, string][] {
  const path = `${mountPath}/creds/${credential}`;
  const settings = {
    'agent-inject-secret': path,
    'agent-inject-file': credential,
    'agent-inject-perms': '0400',
    // An answer without a token leaves the file as it is.
    'error-on-missing-key': 'true',
    'agent-inject-template': `{{ with secret "${path}" }}{{ .Data.access_token }}{{ end }}`,
  };
  return Object.entries(settings).map(([key, value]) => [`${key}-${index + 1}`, value]);
}
