import type { ResourceChange } from '../plan/resource-change';
import type { ServerConsequences } from './container-consequences';

/*
 * What people will notice where a release of Helm changes, which is a server on Kubernetes. Its grants are in the volumes
 * of its pods, and those stay whatever becomes of the release; but pods find them by their names alone.
 */

interface ReleaseContext {
  /** The release as the state had it, if Terraform does not find it any more. */
  readonly vanished?: ResourceChange;
  /** Whether another server is there afterwards. @default false */
  readonly hasSuccessor?: boolean;
}

export function releaseConsequences(
  change: ResourceChange,
  { vanished, hasSuccessor = false }: ReleaseContext = {},
): ServerConsequences {
  const [from, to] = [placeOf('before', change), placeOf('after', change)];
  if (vanished !== undefined && change.isCreated) {
    return {
      notices: [],
      loss: `the server ${placeOf('before', vanished).title} is not in the cluster that Terraform goes to; unless somebody has uninstalled it there, that is another cluster, and a new and empty server: check KUBECONFIG and vault.server.context`,
    };
  }
  if (!change.isDeleted) {
    return { notices: [] };
  }
  if (!change.isCreated && hasSuccessor) {
    return {
      notices: [],
      loss: `the server ${from.title} is stopped for a new and empty one: its grants stay in the volumes of its pods, where nothing finds them unless mode, releaseName and namespace are as they were`,
    };
  }
  if (!change.isCreated) {
    return {
      notices: [
        `the server ${from.title} is stopped; the volumes of its pods stay, with every grant in them, and are found again by a deploy with the same releaseName and namespace: kubectl -n ${from.namespace} get pvc`,
      ],
    };
  }
  if (from.title === to.title) {
    return {
      notices: [`the server ${from.title} is stopped, and another one started with its volumes, to be unsealed`],
    };
  }
  return {
    notices: [],
    loss: `the server ${from.title} is stopped for ${to.title}, a new and empty one: its grants stay in the old volumes, where nothing finds them unless releaseName and namespace are as they were`,
  };
}

interface Place {
  readonly title: string;
  readonly namespace: string;
}

function placeOf(when: 'before' | 'after', change: ResourceChange): Place {
  const [name = '', namespace = ''] = [change[when]('name'), change[when]('namespace')];
  return { namespace, title: `"${name}" in namespace "${namespace}"` };
}
