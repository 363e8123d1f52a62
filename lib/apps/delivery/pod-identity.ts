import { quotedList, UsageError } from '#core';
import type { AppLogin, KubernetesLogin } from '../../declaration/derived/app-login';
import { declaringFile } from '../../declaration/deployment-file';
import type { Delivery } from './delivery';
import type { Manifest } from '../../kubernetes/manifest';

/** Identity of one kind of pods, among all that may log in as an app. */
export interface PodIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** @throws UsageError if the app has another login */
export function podLogin(app: string, login: AppLogin): KubernetesLogin {
  if (login.type !== 'kubernetes') {
    const by = login.type === 'approle' ? 'AppRole' : login.type;
    throw new UsageError(
      `app "${app}" logs in by ${by}, and pods log in by their service account; declare its pods in ${declaringFile()}, for example identity: { kubernetes: { serviceAccounts: ["${app}"], namespaces: ["webex"] } }`,
    );
  }
  return login;
}

/** @throws UsageError if the asked one is not declared, or if several are declared and none was asked for */
export function podIdentity(
  { namespaces, serviceAccounts }: KubernetesLogin,
  asked: Partial<PodIdentity>,
): PodIdentity {
  return {
    namespace: one('namespace', namespaces, '--namespace', asked.namespace),
    serviceAccount: one('service account', serviceAccounts, '--service-account', asked.serviceAccount),
  };
}

function one(kind: string, declared: readonly string[], option: string, asked: string | undefined): string {
  const [first = '', ...others] = declared;
  if (asked === undefined && others.length > 0) {
    throw new UsageError(`the app has several ${kind}s, ${quotedList(declared)}; choose one by ${option}`);
  }
  if (asked !== undefined && !declared.includes(asked)) {
    throw new UsageError(
      `the app may not log in from ${kind} "${asked}"; declared: ${quotedList(declared)}; take one of them, or declare it and deploy`,
    );
  }
  return asked ?? first;
}

/** The service account, and the right to token reviews if Vault reviews the token in the pod's cluster. */
export function serviceAccount({ login, serviceAccount: name, namespace }: Delivery): Manifest[] {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  if (login.cluster === undefined) {
    return [{ object: account }];
  }
  const object = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    // A namespace has no dot, so two pairs of names never make the same one.
    metadata: { name: `webex-token-vault.${namespace}.${name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
  const comment = ['Vault has a token reviewed under that token itself, so its service account may request reviews.'];
  return [{ object: account }, { comment, object }];
}
