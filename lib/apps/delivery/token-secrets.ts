import { ExplainedError, quotedList } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { appPod } from './app-pod';
import { TOKENS_FOLDER, type Delivery } from './delivery';
import { kubernetesName } from './kubernetes-name';
import type { Manifest } from './manifest';

/*
 * Where an operator leaves the access tokens: a Secret for each credential, so that one whose grant is lost holds up none
 * of the others.
 */

/** The only key of such a Secret; the engine calls it so too. */
export const TOKEN_KEY = 'access_token';

export interface TokenSecret {
  readonly credential: string;
  /** Of the Secret, and of what makes it. */
  readonly name: string;
}

/** @throws ExplainedError where two credentials would be in one */
export function tokenSecrets({ app }: Pick<Delivery, 'app'>): TokenSecret[] {
  const secrets = app.reads.map((credential) => ({ credential, name: kubernetesName(app.name, credential) }));
  const twice = secrets.find(({ name }, index) => secrets.findIndex((each) => each.name === name) !== index);
  if (twice !== undefined) {
    const same = secrets.filter(({ name }) => name === twice.name).map(({ credential }) => credential);
    throw new ExplainedError(
      `credentials ${quotedList(same)} of app "${app.name}" would share the Secret "${twice.name}", as Kubernetes has neither "_" nor upper case in names; rename one in ${declaringFile()}, or read them by two apps`,
    );
  }
  return secrets;
}

/** A pod that has them in files, which the kubelet writes anew; an environment would keep the first token for ever. */
export function podWithTokens(delivery: Delivery): Manifest {
  const sources = tokenSecrets(delivery).map(({ credential, name }) => ({
    secret: { name, items: [{ key: TOKEN_KEY, path: credential }] },
  }));
  const source = { projected: { sources } };
  return appPod(delivery, { volumes: [{ name: 'webex-tokens', source, mountPath: TOKENS_FOLDER }] });
}

/** What both operators have in common. */
export function secretNotes(delivery: Delivery): string[] {
  const names = tokenSecrets(delivery).map(({ name }) => name);
  return [
    `Each token is copied into a Secret (${names.join(', ')}): it is in etcd, and whoever reads Secrets here has it.`,
    `The pod has it in ${TOKENS_FOLDER}/<credential>; read the file for each use, as the kubelet writes it anew.`,
  ];
}
