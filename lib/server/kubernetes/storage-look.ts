import { quotedList } from '#core';
import { z } from 'zod';
import {
  podNames,
  type KubernetesServerDeclaration,
} from '../../declaration/schema/server/kubernetes-server-declaration';
import { kubectlCommand } from '../../declaration/derived/cluster-nodes';
import { mebibytesOf } from '../../declaration/schema/quantity';
import { ClusterRefusal, type Kubectl } from './kubectl';

const metadata = z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) });
const status = z.object({ phase: z.string() });

const classList = z.object({ items: z.array(z.object({ metadata })) });
const claimList = z.object({ items: z.array(z.object({ metadata, status })) });
const volumeList = z.object({
  items: z.array(z.object({ spec: z.object({ storageClassName: z.string().default('') }), status })),
});

/** Annotations of the default class. Clusters that were updated often still have the older one. */
const DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** @returns a line if the volumes of the pods would not be created @throws ClusterRefusal, ClusterUnseen */
export async function lookAtStorage(
  kubectl: Kubectl,
  server: Pick<KubernetesServerDeclaration, 'releaseName' | 'nodes' | 'storage' | 'audit'>,
): Promise<string[]> {
  const claims = await kubectl.objects(claimList, ['persistentvolumeclaims']);
  const bound = claims.items.filter(({ status: { phase } }) => phase === 'Bound').map(({ metadata: { name } }) => name);
  const volumes = server.audit === 'volume' ? ['data', 'audit'] : ['data'];
  if (podNames(server).every((pod) => volumes.every((volume) => bound.includes(`${volume}-${pod}`)))) {
    return [];
  }
  const classes = (await kubectl.objects(classList, ['storageclasses'])).items.map(({ metadata: each }) => each);
  const { storageClass } = server.storage;
  const isThere =
    storageClass === undefined
      ? classes.some(({ annotations }) => DEFAULT.some((each) => annotations[each] === 'true'))
      : classes.some(({ name }) => name === storageClass);
  if (isThere || (await isMadeByHand(kubectl, storageClass))) {
    return [];
  }
  const known = quotedList(classes.map(({ name }) => name));
  return [
    storageClass === undefined
      ? `the cluster has no default storage class, only ${known}, so no volume would be created; name one in vault.server.storage.storageClass`
      : `the cluster has no storage class "${storageClass}", only ${known}; correct vault.server.storage.storageClass, or remove it to use the cluster's default`,
  ];
}

/** A class may be only a name on volumes that a person has created. */
async function isMadeByHand(kubectl: Kubectl, storageClass = ''): Promise<boolean> {
  try {
    const { items } = await kubectl.objects(volumeList, ['persistentvolumes']);
    return items.some(({ spec, status: { phase } }) => phase === 'Available' && spec.storageClassName === storageClass);
  } catch (error) {
    if (error instanceof ClusterRefusal) {
      return false;
    }
    throw error;
  }
}

const claimTemplate = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    storageClassName: z.string().optional(),
    resources: z.object({ requests: z.object({ storage: z.string() }) }),
  }),
});

const statefulSets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ volumeClaimTemplates: z.array(claimTemplate).default([]) }),
    }),
  ),
});

/** @returns a line if the claims differ from those of the StatefulSet, which keeps its first ones @throws ClusterRefusal, ClusterUnseen */
export async function lookAtClaims(kubectl: Kubectl, server: KubernetesServerDeclaration): Promise<string[]> {
  const { items } = await kubectl.objects(statefulSets, ['statefulsets']);
  const found = items.find(({ metadata: { name } }) => name === server.releaseName);
  const there = found?.spec.volumeClaimTemplates.map(({ metadata: { name }, spec }) =>
    words(name, gibibytes(spec.resources.requests.storage), spec.storageClassName),
  );
  const { data, audit, storageClass } = server.storage;
  const declared = [
    words('data', gibibytes(data), storageClass),
    ...(server.audit === 'volume' ? [words('audit', gibibytes(audit), storageClass)] : []),
  ];
  if (there === undefined || there.sort().join() === declared.sort().join()) {
    return [];
  }
  const command = kubectlCommand(server);
  const [pod = ''] = podNames(server);
  return [
    `StatefulSet "${server.releaseName}" was created with ${there.join(' and ')}, but the declaration has ${declared.join(' and ')}, and no StatefulSet can change that. Declare the earlier values again. If you need more room and the storage class can expand volumes, edit spec.resources.requests.storage of each claim: ${command} edit pvc data-${pod} ... Then delete the StatefulSet, which keeps pods and volumes, and deploy: ${command} delete statefulset ${server.releaseName} --cascade=orphan`,
  ];
}

function words(name: string, size: string, storageClass = 'the default class'): string {
  return `${name} of ${size} (${storageClass})`;
}

/** The notation of the declaration. The cluster may use another one. */
function gibibytes(quantity: string): string {
  const size = mebibytesOf(quantity);
  return Number.isNaN(size) ? quantity : `${size / 1024} GiB`;
}
