import { quotedList } from '#core';
import { z } from 'zod';
import {
  podNames,
  type KubernetesServerDeclaration,
} from '../../declaration/schema/server/kubernetes-server-declaration';
import { ClusterRefusal, type Kubectl } from './kubectl';

const metadata = z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) });
const status = z.object({ phase: z.string() });

const classList = z.object({ items: z.array(z.object({ metadata })) });
const claimList = z.object({ items: z.array(z.object({ metadata, status })) });
const volumeList = z.object({
  items: z.array(z.object({ spec: z.object({ storageClassName: z.string().default('') }), status })),
});

/** As of old, too, where a cluster was updated again and again. */
const DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** @returns why the volumes of the pods would not come to be, a line at most @throws ClusterRefusal, ClusterUnseen */
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
  const known = `the cluster has ${quotedList(classes.map(({ name }) => name))}`;
  return [
    storageClass === undefined
      ? `no storage class is the cluster's default, so that no volume would be made, and ${known}; name one in vault.server.storage.storageClass`
      : `no storage class "${storageClass}", and ${known}; correct vault.server.storage.storageClass, or leave it out for the cluster's default`,
  ];
}

/** A class may also be a name and no more, of volumes that somebody has made. */
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
