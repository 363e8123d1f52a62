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
      loss: `the server ${placeOf('before', vanished).title} is not in the cluster that Terraform reaches, so a new and empty server replaces it; check KUBECONFIG and vault.server.context, unless somebody has uninstalled the server`,
    };
  }
  if (!change.isDeleted) {
    return {};
  }
  if (change.isCreated) {
    return from.title === to.title
      ? { notice: `the server ${from.title} is stopped, and a new one starts with its volumes; unseal it` }
      : {
          loss: `the new and empty server ${to.title} replaces ${from.title}; its grants stay in the old volumes, which only a server with the earlier releaseName and namespace finds`,
        };
  }
  return hasSuccessor
    ? {
        loss: `a new and empty server replaces ${from.title}; its grants stay in the volumes of its pods, which only a server with the earlier mode, releaseName and namespace finds`,
      }
    : {
        notice: `the server ${from.title} is stopped. The volumes of its pods stay with every grant, and a deploy with the same releaseName and namespace finds them again: kubectl -n ${from.namespace} get pvc`,
      };
}

function placeOf(when: 'before' | 'after', change: ResourceChange) {
  const [name = '', namespace = ''] = [change[when]('name'), change[when]('namespace')];
  return { namespace, title: `"${name}" in namespace "${namespace}"` };
}
