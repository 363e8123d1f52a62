import { z } from 'zod';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import type { Kubectl } from './kubectl';

const hosts = z.object({
  items: z.array(
    z.object({
      spec: z.object({
        unschedulable: z.boolean().default(false),
        taints: z.array(z.object({ effect: z.string() })).default([]),
      }),
    }),
  ),
});

/** @returns a note if the cluster has fewer hosts than the server has nodes @throws ClusterRefusal, ClusterUnseen */
export async function lookAtHosts(
  kubectl: Kubectl,
  { nodes, values }: Pick<KubernetesServerDeclaration, 'nodes' | 'values'>,
): Promise<string[]> {
  const { affinity, tolerations } = values.server ?? {};
  if (affinity !== undefined) {
    return [];
  }
  const { items } = await kubectl.objects(hosts, ['nodes']);
  const taking = items.filter(
    ({ spec: { unschedulable, taints } }) =>
      !unschedulable &&
      (tolerations !== undefined || !taints.some(({ effect }) => ['NoSchedule', 'NoExecute'].includes(effect))),
  );
  return taking.length >= nodes
    ? []
    : [
        `the cluster has ${taking.length} host(s) that accept any pod, and each of the ${nodes} nodes needs its own; the other nodes wait until there are more hosts`,
      ];
}
