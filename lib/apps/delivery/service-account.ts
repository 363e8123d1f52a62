import type { Delivery } from './delivery';
import type { Manifest } from './manifest';

/** Who the app is, and what that needs in the cluster so that Vault can have its token reviewed. */
export function serviceAccount({ login, serviceAccount: name, namespace }: Delivery): Manifest[] {
  const account: Manifest = { object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } } };
  if (login.cluster === undefined) {
    return [account];
  }
  const object = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    // A namespace has no dot, so two pairs of names never make the same one.
    metadata: { name: `webex-token-vault.${namespace}.${name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
  const comment = ['Vault has the token reviewed by that very token, so its service account may ask for reviews.'];
  return [account, { comment, object }];
}
