import { stringify } from 'yaml';
import { nameInVault } from '../../../declaration/schema/vault-name';
import { appPod } from '../app-pod';
import type { Deliverer } from './deliverer';
import { TOKENS_FOLDER, VAULT_TIMEOUT, type Delivery } from '../delivery';
import { goDuration } from '../refresh-interval';
import { kubernetesName } from '../kubernetes-name';
import type { KubernetesObject } from '../manifest';
import { serviceAccount } from '../service-account';
import { TOKEN_KEY } from '../token-secrets';
import { CA_KEY } from '../vault-ca';

/** In the pods of the provider, which asks Vault: it cannot look into the app's namespace for a CA. */
const CA_FOLDER = '/etc/webex-token-vault-ca';

/**
 * By the Secrets Store CSI Driver and the provider of OpenBao or Vault, which logs in with a token of the pod's own, in a
 * volume in memory.
 *
 * @see https://secrets-store-csi-driver.sigs.k8s.io/ and https://openbao.org/docs/platform/k8s/csi/
 */
export const secretsStoreCsi: Deliverer = {
  notes: ({ product, ca, refreshIntervalSeconds }) => [
    `For the Secrets Store CSI Driver, and the provider of ${product === 'openbao' ? 'OpenBao' : 'Vault'} (csi.enabled of its chart).`,
    `The pod has each token in ${TOKENS_FOLDER}/<credential>, in memory and in no Secret; read the file for each use.`,
    `How often it is fetched, the driver says for the whole cluster, and by default never: set enableSecretRotation=true and rotationPollInterval=${goDuration(refreshIntervalSeconds)} of its chart, else a pod keeps the token that it started with, until that ends.`,
    `The provider gives Vault 60 s; have it wait longer by VAULT_CLIENT_TIMEOUT=${VAULT_TIMEOUT} in its environment.`,
    ...(ca === undefined
      ? []
      : [
          `The provider's own pods need the CA: Secret "${ca.secretName}" in their namespace, by csi.volumes and csi.volumeMounts of its chart at ${CA_FOLDER}.`,
        ]),
  ],
  manifests: (delivery) => [
    ...serviceAccount(delivery),
    { object: providerClass(delivery) },
    appPod(delivery, { volumes: [{ name: 'webex-tokens', source: volume(delivery), mountPath: TOKENS_FOLDER }] }),
  ],
};

function providerClass(delivery: Delivery): KubernetesObject & { readonly spec: object } {
  const { deployment, app, login, namespace, address, ca, product } = delivery;
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
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    metadata: { name: kubernetesName(app.name), namespace },
    spec: {
      provider: product,
      parameters: {
        ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${product}${name}`, value])),
        roleName: nameInVault(app),
        audience: login.audience,
        objects: stringify(objects),
      },
    },
  };
}

function volume({ app }: Delivery): object {
  return {
    csi: {
      driver: 'secrets-store.csi.k8s.io',
      readOnly: true,
      volumeAttributes: { secretProviderClass: kubernetesName(app.name) },
    },
  };
}
