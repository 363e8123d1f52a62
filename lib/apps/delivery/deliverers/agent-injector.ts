import { appPod, LOGIN_VOLUME, loginToken } from '../app-pod';
import { TOKENS_FOLDER, VAULT_TIMEOUT, type Deliverer, type Delivery } from '../delivery';
import { goDuration } from '../refresh-interval';
import { CA_KEY } from '../../../kubernetes/vault-ca';

/** Folder of the Secret that `tls-secret` names. @see the injector's agent-inject/agent/container_volume.go */
const TLS_FOLDER = '/vault/tls';

/**
 * Delivers by an agent beside the app's container, in a volume in memory. The injector of either chart adds the agent.
 *
 * @see https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations
 */
export const agentInjector: Deliverer = {
  notes: ({ app, refreshIntervalSeconds }) => [
    'For the agent injector of the chart of OpenBao or Vault (injector.enabled). Both take these annotations.',
    `Each token is in ${TOKENS_FOLDER}/<credential>, in memory and in no Secret. Read the file for each use.`,
    `This pod gets ${app.reads.join(', ')}. The agent fetches a token every ${goDuration(refreshIntervalSeconds)}.`,
  ],
  manifests: (delivery) => [
    appPod(delivery, {
      annotations: annotations(delivery),
      // Only the agent mounts this volume.
      volumes: [{ name: LOGIN_VOLUME, source: { projected: { sources: [loginToken(delivery)] } } }],
    }),
  ],
};

function annotations({ deployment, app, login, address, ca, refreshIntervalSeconds }: Delivery) {
  // The namespace is part of each path: both agents read it there, for logins and templates.
  const prefix = deployment.vault.namespace === undefined ? '' : `${deployment.vault.namespace}/`;
  const mountPath = `${prefix}${deployment.engine.mountPath}`;
  const settings = {
    'agent-inject': 'true',
    service: address,
    ...(ca === undefined ? {} : { 'tls-secret': ca.secretName, 'ca-cert': `${TLS_FOLDER}/${CA_KEY}` }),
    'client-timeout': VAULT_TIMEOUT,
    'auth-path': `${prefix}auth/${login.path}`,
    role: app.vaultName,
    'agent-service-account-token-volume-name': LOGIN_VOLUME,
    // Only the user of the app may read the files.
    'agent-run-as-same-user': 'true',
    // The app starts after the tokens have arrived.
    'agent-pre-populate': 'true',
    'template-static-secret-render-interval': goDuration(refreshIntervalSeconds),
    'secret-volume-path': TOKENS_FOLDER,
    'preserve-secret-case': 'true',
    ...Object.fromEntries(app.reads.flatMap((credential, index) => file(mountPath, credential, index))),
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`vault.hashicorp.com/${key}`, value]));
}

/** Numbered, because an annotation's name has fewer characters than a credential's may have. */
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
