import { quotedList, UsageError } from '#core';
import type { AppLogin, KubernetesLogin } from '../../declaration/derived/app-login';
import { declaringFile } from '../../declaration/deployment-file';

/** Of all that may log in as an app, what one kind of pods is. */
export interface PodIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** @throws UsageError where the app logs in otherwise */
export function podLogin(app: string, login: AppLogin): KubernetesLogin {
  if (login.type !== 'kubernetes') {
    const by = login.type === 'approle' ? 'AppRole' : login.type;
    throw new UsageError(
      `app "${app}" logs in by ${by}, and pods log in by their service account; declare in ${declaringFile()} what its pods are, like identity: { kubernetes: { serviceAccounts: ["${app}"], namespaces: ["webex"] } }`,
    );
  }
  return login;
}

/** @throws UsageError where it is none of those declared, or nobody said which of several */
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
    throw new UsageError(`the app has several ${kind}s, ${quotedList(declared)}; say which by ${option}`);
  }
  if (asked !== undefined && !declared.includes(asked)) {
    throw new UsageError(
      `the app may not log in from ${kind} "${asked}"; declared: ${quotedList(declared)}; take one of them, or declare it and deploy`,
    );
  }
  return asked ?? first;
}
