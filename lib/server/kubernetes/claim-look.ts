import { z } from 'zod';
import {
  podNames,
  type KubernetesServerDeclaration,
} from '../../declaration/schema/server/kubernetes-server-declaration';
import { kubectlCommand } from '../../declaration/derived/port-forward';
import { mebibytesOf } from '../../declaration/schema/quantity';
import type { Kubectl } from './kubectl';

const claim = z.object({
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
      spec: z.object({ volumeClaimTemplates: z.array(claim).default([]) }),
    }),
  ),
});

/**
 * A StatefulSet keeps the claims that it was made with.
 *
 * @returns why what is declared would be refused, a line at most @throws ClusterRefusal, ClusterUnseen
 */
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
    `StatefulSet "${server.releaseName}" was made with ${there.join(' and ')}, declared is now ${declared.join(' and ')}, and the cluster lets no StatefulSet change that; go back to what it was, or, for more room, where the storage class lets volumes grow, edit spec.resources.requests.storage of each claim (${command} edit pvc data-${pod} ...), have the StatefulSet made anew (${command} delete statefulset ${server.releaseName} --cascade=orphan, by which pods and volumes stay), and deploy`,
  ];
}

function words(name: string, size: string, storageClass = 'the default class'): string {
  return `${name} of ${size} (${storageClass})`;
}

/** As it is declared, however the cluster writes it. */
function gibibytes(quantity: string): string {
  const size = mebibytesOf(quantity);
  return Number.isNaN(size) ? quantity : `${size / 1024} GiB`;
}
