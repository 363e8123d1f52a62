import type { Deliverer } from './deliverer';
import { VAULT_TIMEOUT, type Delivery } from '../delivery';
import { goDuration } from '../refresh-interval';
import type { KubernetesObject, Manifest } from '../manifest';
import { serviceAccount } from '../service-account';
import { podWithTokens, secretNotes, TOKEN_KEY, tokenSecrets, type TokenSecret } from '../token-secrets';
import { CA_KEY, vaultCa } from '../vault-ca';
import { nameInVault } from '../../../declaration/schema/vault-name';

const GENERATOR = { apiVersion: 'generators.external-secrets.io/v1alpha1', kind: 'VaultDynamicSecret' } as const;

/**
 * By the External Secrets Operator, as the app's own service account.
 *
 * @see https://external-secrets.io/latest/api/generator/vault/
 */
export const externalSecrets: Deliverer = {
  notes: (delivery) => [
    'For the External Secrets Operator, which asks for tokens of the service account by itself.',
    ...secretNotes(delivery),
    `A token is fetched every ${goDuration(delivery.refreshIntervalSeconds)}, and after a failure sooner. The operator gives Vault 60 s; have it wait longer by VAULT_CLIENT_TIMEOUT=${VAULT_TIMEOUT} in its environment (extraEnv of its chart).`,
  ],
  manifests: (delivery) => [
    ...vaultCa(delivery),
    ...serviceAccount(delivery),
    ...tokenSecrets(delivery).flatMap((secret): Manifest[] => [
      { object: generator(delivery, secret) },
      { object: externalSecret(delivery, secret) },
    ]),
    podWithTokens(delivery),
  ],
};

function generator(
  delivery: Delivery,
  { credential, name }: TokenSecret,
): KubernetesObject & { readonly spec: object } {
  const { deployment, app, login, address, ca, namespace, serviceAccount: account } = delivery;
  return {
    ...GENERATOR,
    metadata: { name, namespace },
    spec: {
      method: 'GET',
      path: `${deployment.engine.mountPath}/creds/${credential}`,
      provider: {
        server: address,
        ...(deployment.vault.namespace !== undefined && { namespace: deployment.vault.namespace }),
        ...(ca && { caProvider: { type: 'Secret', name: ca.secretName, key: CA_KEY } }),
        auth: {
          kubernetes: {
            mountPath: login.path,
            role: nameInVault(app),
            serviceAccountRef: { name: account, audiences: [login.audience] },
          },
        },
      },
    },
  };
}

function externalSecret(
  { namespace, refreshIntervalSeconds }: Delivery,
  { name }: TokenSecret,
): KubernetesObject & { readonly spec: object } {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace },
    spec: {
      refreshInterval: goDuration(refreshIntervalSeconds),
      target: {
        name,
        // What a template has is all that gets into the Secret.
        template: { data: { [TOKEN_KEY]: `{{ .${TOKEN_KEY} }}` } },
      },
      dataFrom: [{ sourceRef: { generatorRef: { ...GENERATOR, name } } }],
    },
  };
}
