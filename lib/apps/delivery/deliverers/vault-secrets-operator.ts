import { nameInVault } from '../../../declaration/schema/vault-name';
import type { Deliverer } from './deliverer';
import { VAULT_TIMEOUT, type Delivery } from '../delivery';
import { goDuration } from '../refresh-interval';
import { kubernetesName } from '../kubernetes-name';
import type { KubernetesObject, Manifest } from '../manifest';
import { serviceAccount } from '../service-account';
import { podWithTokens, secretNotes, TOKEN_KEY, tokenSecrets, type TokenSecret } from '../token-secrets';
import { vaultCa } from '../vault-ca';

const API_VERSION = 'secrets.hashicorp.com/v1beta1';

/**
 * By the Vault Secrets Operator, as the app's own service account.
 *
 * A token has no lease, so `refreshAfter` is what the operator goes by, of which it waits for two thirds and some chance
 * (`renewalPercent`). Not `allowStaticCreds`: that goes by fields of an answer which the engine's has not, and fetches once.
 *
 * @see https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference
 */
export const vaultSecretsOperator: Deliverer = {
  notes: (delivery) => [
    'For the Vault Secrets Operator, which asks for tokens of the service account by itself.',
    ...secretNotes(delivery),
    `A token is fetched every ${goDuration(delivery.refreshIntervalSeconds)} or sooner. No rolloutRestartTargets: of what has no lease the operator takes each fetch for a new secret, and would restart the pods each time.`,
  ],
  manifests: (delivery) => [
    ...vaultCa(delivery),
    ...serviceAccount(delivery),
    { object: connection(delivery) },
    { object: auth(delivery) },
    ...tokenSecrets(delivery).map((secret): Manifest => ({ object: dynamicSecret(delivery, secret) })),
    podWithTokens(delivery),
  ],
};

type Custom = KubernetesObject & { readonly spec: object };

function connection({ app, namespace, address, ca }: Delivery): Custom {
  return {
    apiVersion: API_VERSION,
    kind: 'VaultConnection',
    metadata: { name: kubernetesName(app.name), namespace },
    spec: { address, ...(ca && { caCertSecretRef: ca.secretName }), skipTLSVerify: false, timeout: VAULT_TIMEOUT },
  };
}

function auth({ deployment, app, login, namespace, serviceAccount: account }: Delivery): Custom {
  const name = kubernetesName(app.name);
  return {
    apiVersion: API_VERSION,
    kind: 'VaultAuth',
    metadata: { name, namespace },
    spec: {
      vaultConnectionRef: name,
      ...vaultNamespace(deployment),
      method: 'kubernetes',
      mount: login.path,
      kubernetes: { role: nameInVault(app), serviceAccount: account, audiences: [login.audience] },
    },
  };
}

function dynamicSecret(
  { deployment, app, namespace, refreshIntervalSeconds }: Delivery,
  { credential, name }: TokenSecret,
): Custom {
  return {
    apiVersion: API_VERSION,
    kind: 'VaultDynamicSecret',
    metadata: { name, namespace },
    spec: {
      vaultAuthRef: kubernetesName(app.name),
      ...vaultNamespace(deployment),
      mount: deployment.engine.mountPath,
      path: `creds/${credential}`,
      refreshAfter: goDuration(refreshIntervalSeconds),
      destination: {
        name,
        create: true,
        transformation: { excludeRaw: true, includes: [`^${TOKEN_KEY}$`] },
      },
    },
  };
}

function vaultNamespace({ vault: { namespace } }: Delivery['deployment']): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
