import { ExplainedError, quotedList } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { appPod } from './app-pod';
import { TOKENS_FOLDER, type Delivery } from './delivery';
import { kubernetesName } from './kubernetes-name';
import type { Manifest } from '../../kubernetes/manifest';

/*
 * The Secrets to which an operator copies the access tokens. Each credential has one, so a lost grant does not hold up the
 * others.
 */

/** The only key of the Secret. The engine uses the same name. */
export const TOKEN_KEY = 'access_token';

export interface TokenSecret {
  readonly credential: string;
  /** Name of the Secret, and of the objects that create it. */
  readonly name: string;
}

/** @throws ExplainedError if two credentials would share a Secret */
export function tokenSecrets({ app }: Pick<Delivery, 'app'>): TokenSecret[] {
  const secrets = app.reads.map((credential) => ({ credential, name: kubernetesName(app.name, credential) }));
  const twice = secrets.find(({ name }, index) => secrets.findIndex((each) => each.name === name) !== index);
  if (twice !== undefined) {
    const same = secrets.filter(({ name }) => name === twice.name).map(({ credential }) => credential);
    throw new ExplainedError(
      `credentials ${quotedList(same)} of app "${app.name}" would share the Secret "${twice.name}". Names in Kubernetes have neither "_" nor upper case; rename one in ${declaringFile()}, or read them by two apps`,
    );
  }
  return secrets;
}

/** A pod with the tokens in files, which the kubelet renews. An environment would keep the first token forever. */
export function podWithTokens(delivery: Delivery): Manifest {
  const sources = tokenSecrets(delivery).map(({ credential, name }) => ({
    secret: { name, items: [{ key: TOKEN_KEY, path: credential }] },
  }));
  const source = { projected: { sources } };
  return appPod(delivery, { volumes: [{ name: 'webex-tokens', source, mountPath: TOKENS_FOLDER }] });
}

/** Notes that both operators have. */
export function secretNotes(delivery: Delivery): string[] {
  const names = tokenSecrets(delivery).map(({ name }) => name);
  return [
    `Each token is copied into a Secret (${names.join(', ')}): it is in etcd, and everybody who may read Secrets here can read it.`,
    `The pod has it in ${TOKENS_FOLDER}/<credential>. Read the file for each use, because the kubelet replaces it.`,
  ];
}
