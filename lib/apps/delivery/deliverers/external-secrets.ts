import { VAULT_TIMEOUT, type Deliverer, type Delivery } from '../delivery';
import type { Manifest } from '../../../kubernetes/manifest';
import { goDuration } from '../refresh-interval';
import { podWithTokens, secretNotes, TOKEN_KEY, tokenSecrets, type TokenSecret } from '../token-secrets';
import { CA_KEY } from '../../../kubernetes/vault-ca';

const GENERATOR = { apiVersion: 'generators.external-secrets.io/v1alpha1', kind: 'VaultDynamicSecret' } as const;

/**
 * Delivers by the External Secrets Operator, as the app's own service account.
 *
 * @see https://external-secrets.io/latest/api/generator/vault/
 */
export const externalSecrets: Deliverer = {
  notes: (delivery) => [
    'For the External Secrets Operator. It requests tokens of the service account by itself.',
    ...secretNotes(delivery),
    `A token is fetched every ${goDuration(delivery.refreshIntervalSeconds)}, and sooner after a failure. The operator waits 60 s for Vault, which is too short: set VAULT_CLIENT_TIMEOUT=${VAULT_TIMEOUT} in its environment (extraEnv of its chart).`,
  ],
  manifests: (delivery) => [
    ...tokenSecrets(delivery).flatMap((secret) => [generator(delivery, secret), externalSecret(delivery, secret)]),
    podWithTokens(delivery),
  ],
};

function generator(delivery: Delivery, { credential, name }: TokenSecret): Manifest {
  const { deployment, app, login, address, ca, namespace, serviceAccount } = delivery;
  const spec = {
    method: 'GET',
    path: `${deployment.engine.mountPath}/creds/${credential}`,
    provider: {
      server: address,
      ...(deployment.vault.namespace !== undefined && { namespace: deployment.vault.namespace }),
      ...(ca && { caProvider: { type: 'Secret', name: ca.secretName, key: CA_KEY } }),
      auth: {
        kubernetes: {
          mountPath: login.path,
          role: app.vaultName,
          serviceAccountRef: { name: serviceAccount, audiences: [login.audience] },
        },
      },
    },
  };
  return { object: { ...GENERATOR, metadata: { name, namespace }, spec } };
}

function externalSecret({ namespace, refreshIntervalSeconds }: Delivery, { name }: TokenSecret): Manifest {
  const spec = {
    refreshInterval: goDuration(refreshIntervalSeconds),
    // Only the template's data gets into the Secret.
    target: { name, template: { data: { [TOKEN_KEY]: `{{ .${TOKEN_KEY} }}` } } },
    dataFrom: [{ sourceRef: { generatorRef: { ...GENERATOR, name } } }],
  };
  const apiVersion = 'external-secrets.io/v1';
  return { object: { apiVersion, kind: 'ExternalSecret', metadata: { name, namespace }, spec } };
}
