import { stringify } from 'yaml';
import { appPod } from '../app-pod';
import { TOKENS_FOLDER, VAULT_TIMEOUT, type Deliverer, type Delivery } from '../delivery';
import { kubernetesName } from '../kubernetes-name';
import type { Manifest } from '../../../kubernetes/manifest';
import { goDuration } from '../refresh-interval';
import { TOKEN_KEY } from '../token-secrets';
import { CA_KEY } from '../../../kubernetes/vault-ca';

/** Folder in the provider's pods, which ask Vault and cannot read a CA in the app's namespace. */
const CA_FOLDER = '/etc/webex-token-vault-ca';

/**
 * Delivers by the Secrets Store CSI Driver and the provider of OpenBao or Vault, in a volume in memory. The provider logs in
 * with a token of the pod.
 *
 * @see https://secrets-store-csi-driver.sigs.k8s.io/ and https://openbao.org/docs/platform/k8s/csi/
 */
export const secretsStoreCsi: Deliverer = {
  notes: ({ product, ca, refreshIntervalSeconds }) => [
    `For the Secrets Store CSI Driver, and the provider of ${product === 'openbao' ? 'OpenBao' : 'Vault'} (csi.enabled of its chart).`,
    `Each token is in ${TOKENS_FOLDER}/<credential>, in memory and in no Secret. Read the file for each use.`,
    `The driver's chart sets the interval for the whole cluster: enableSecretRotation=true and rotationPollInterval=${goDuration(refreshIntervalSeconds)}. By default it never fetches again, so a pod keeps its first token, which expires.`,
    `The provider waits 60 s for Vault, which is too short: set VAULT_CLIENT_TIMEOUT=${VAULT_TIMEOUT} in its environment.`,
    ...(ca === undefined
      ? []
      : [
          `The provider's own pods need the CA: mount Secret "${ca.secretName}" of their namespace at ${CA_FOLDER} (csi.volumes and csi.volumeMounts of its chart).`,
        ]),
  ],
  manifests: (delivery) => {
    const volumeAttributes = { secretProviderClass: kubernetesName(delivery.app.name) };
    const source = { csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true, volumeAttributes } };
    return [
      providerClass(delivery),
      appPod(delivery, { volumes: [{ name: 'webex-tokens', source, mountPath: TOKENS_FOLDER }] }),
    ];
  },
};

function providerClass({ deployment, app, login, namespace, address, ca, product }: Delivery): Manifest {
  const settings = {
    Address: address,
    ...(deployment.vault.namespace !== undefined && { Namespace: deployment.vault.namespace }),
    ...(ca && { CACertPath: `${CA_FOLDER}/${CA_KEY}` }),
    AuthMountPath: login.path,
  };
  const objects = app.reads.map((credential) => ({
    objectName: credential,
    secretPath: `${deployment.engine.mountPath}/creds/${credential}`,
    secretKey: TOKEN_KEY,
  }));
  const parameters = {
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${product}${name}`, value])),
    roleName: app.vaultName,
    audience: login.audience,
    objects: stringify(objects),
  };
  const object = {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    metadata: { name: kubernetesName(app.name), namespace },
    spec: { provider: product, parameters },
  };
  return { object };
}
