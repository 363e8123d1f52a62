import { quotedList } from '#core';
import { z } from 'zod';
import type { ResourceChange } from './plan';

/*
 * What people will notice where a release of Helm changes, which is a server on Kubernetes. Its grants are in the volumes
 * of its pods, and those stay whatever becomes of the release; but pods find them by their names alone.
 */

export interface ReleaseConsequences {
  readonly notices: readonly string[];
  /** Why no grant is found any more. @default - all are */
  readonly loss?: string;
}

const values = z.object({ server: z.object({ ha: z.object({ replicas: z.number() }) }) });

interface ReleaseContext {
  /** The release as the state had it, if Terraform does not find it any more. */
  readonly vanished?: ResourceChange;
  /** Whether another server is there afterwards. @default false */
  readonly hasSuccessor?: boolean;
}

export function releaseConsequences(
  change: ResourceChange,
  { vanished, hasSuccessor = false }: ReleaseContext = {},
): ReleaseConsequences {
  const [from, to] = [placeOf('before', change), placeOf('after', change)];
  if (vanished !== undefined && change.isCreated) {
    return {
      notices: [],
      loss: `the server ${placeOf('before', vanished).title} is not in the cluster that Terraform goes to; unless somebody has uninstalled it there, that is another cluster, and a new and empty server: check KUBECONFIG and vault.server.context`,
    };
  }
  if (!change.isDeleted) {
    return { notices: ofNodes(change, from) };
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
  readonly name: string;
  readonly namespace: string;
}

function placeOf(when: 'before' | 'after', change: ResourceChange): Place {
  const [name = '', namespace = ''] = [change[when]('name'), change[when]('namespace')];
  return { name, namespace, title: `"${name}" in namespace "${namespace}"` };
}

/** Whoever leaves without a word is still counted when the others vote. */
function ofNodes(change: ResourceChange, { name, namespace }: Place): string[] {
  const [before, after] = [replicas(change.listBefore('values')), replicas(change.listAfter('values'))];
  if (before === undefined || after === undefined || after >= before) {
    return [];
  }
  const gone = Array.from({ length: before - after }, (_, index) => `${name}-${after + index}`);
  return [
    `${quotedList(gone)} in namespace "${namespace}" are stopped, and still count as members of the cluster: take them out of it first, one by one, with "bao operator raft remove-peer" or "vault operator raft remove-peer"`,
  ];
}

function replicas([text]: readonly string[]): number | undefined {
  try {
    return text === undefined ? undefined : values.safeParse(JSON.parse(text)).data?.server.ha.replicas;
  } catch {
    return undefined;
  }
}
