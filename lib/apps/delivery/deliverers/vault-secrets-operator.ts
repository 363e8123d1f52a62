import { VAULT_TIMEOUT, type Deliverer, type Delivery } from '../delivery';
import { kubernetesName } from '../kubernetes-name';
import type { Manifest } from '../../../kubernetes/manifest';
import { goDuration } from '../refresh-interval';
import { podWithTokens, secretNotes, TOKEN_KEY, tokenSecrets, type TokenSecret } from '../token-secrets';

/**
 * Delivers by the Vault Secrets Operator, as the app's own service account.
 *
 * A token has no lease. So the operator waits for two thirds of `refreshAfter` and a random part (`renewalPercent`).
 *
 * `allowStaticCreds` is no help: the engine's answer lacks fields that it needs, so it would fetch only once.
 *
 * @see https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference
 */
export const vaultSecretsOperator: Deliverer = {
  notes: (delivery) => [
    'For the Vault Secrets Operator. It requests tokens of the service account by itself.',
    ...secretNotes(delivery),
    `A token is fetched every ${goDuration(delivery.refreshIntervalSeconds)} or sooner. Do not add rolloutRestartTargets: a token has no lease, so the operator would restart the pods at each fetch.`,
  ],
  manifests: (delivery) => [
    connection(delivery),
    auth(delivery),
    ...tokenSecrets(delivery).map((secret) => dynamicSecret(delivery, secret)),
    podWithTokens(delivery),
  ],
};

function connection(delivery: Delivery): Manifest {
  const { app, address, ca } = delivery;
  return custom('VaultConnection', delivery, kubernetesName(app.name), {
    address,
    ...(ca && { caCertSecretRef: ca.secretName }),
    skipTLSVerify: false,
    timeout: VAULT_TIMEOUT,
  });
}

function auth(delivery: Delivery): Manifest {
  const { app, login, serviceAccount } = delivery;
  const name = kubernetesName(app.name);
  return custom('VaultAuth', delivery, name, {
    vaultConnectionRef: name,
    ...vaultNamespace(delivery),
    method: 'kubernetes',
    mount: login.path,
    kubernetes: { role: app.vaultName, serviceAccount, audiences: [login.audience] },
  });
}

function dynamicSecret(delivery: Delivery, { credential, name }: TokenSecret): Manifest {
  const { deployment, app, refreshIntervalSeconds } = delivery;
  return custom('VaultDynamicSecret', delivery, name, {
    vaultAuthRef: kubernetesName(app.name),
    ...vaultNamespace(delivery),
    mount: deployment.engine.mountPath,
    path: `creds/${credential}`,
    refreshAfter: goDuration(refreshIntervalSeconds),
    destination: { name, create: true, transformation: { excludeRaw: true, includes: [`^${TOKEN_KEY}$`] } },
  });
}

function custom(kind: string, { namespace }: Delivery, name: string, spec: object): Manifest {
  return { object: { apiVersion: 'secrets.hashicorp.com/v1beta1', kind, metadata: { name, namespace }, spec } };
}

function vaultNamespace({ deployment }: Delivery): { readonly namespace?: string } {
  const { namespace } = deployment.vault;
  return namespace === undefined ? {} : { namespace };
}
