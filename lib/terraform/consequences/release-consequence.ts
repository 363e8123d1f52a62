import type { ResourceChange } from '../plan/resource-change';
import type { ServerConsequence } from './container-consequence';

/*
 * A server on Kubernetes, which is a release of Helm. Its grants are in the volumes of its pods. The volumes stay, and pods
 * find them by their names alone.
 */

interface ReleaseContext {
  /** The release as the state had it, if Terraform no longer finds it. */
  readonly vanished?: ResourceChange;
  /** Whether another server exists afterwards. */
  readonly hasSuccessor: boolean;
}

export function releaseConsequence(
  change: ResourceChange,
  { vanished, hasSuccessor }: ReleaseContext,
): ServerConsequence {
  const [from, to] = [placeOf('before', change), placeOf('after', change)];
  if (vanished !== undefined && change.isCreated) {
    return {
      loss: `the server ${placeOf('before', vanished).title} is not in the cluster that Terraform goes to; unless somebody has uninstalled it there, that is another cluster, and a new and empty server: check KUBECONFIG and vault.server.context`,
    };
  }
  if (!change.isDeleted) {
    return {};
  }
  if (change.isCreated) {
    return from.title === to.title
      ? { notice: `the server ${from.title} is stopped, and another one started with its volumes, to be unsealed` }
      : {
          loss: `the server ${from.title} is stopped for ${to.title}, a new and empty one: its grants stay in the old volumes, where nothing finds them unless releaseName and namespace are as they were`,
        };
  }
  return hasSuccessor
    ? {
        loss: `the server ${from.title} is stopped for a new and empty one: its grants stay in the volumes of its pods, where nothing finds them unless mode, releaseName and namespace are as they were`,
      }
    : {
        notice: `the server ${from.title} is stopped; the volumes of its pods stay, with every grant in them, and are found again by a deploy with the same releaseName and namespace: kubectl -n ${from.namespace} get pvc`,
      };
}

function placeOf(when: 'before' | 'after', change: ResourceChange) {
  const [name = '', namespace = ''] = [change[when]('name'), change[when]('namespace')];
  return { namespace, title: `"${name}" in namespace "${namespace}"` };
}
