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

/**
 * Nodes of the server want a host each.
 *
 * @returns a note where there are fewer: another one may come by itself @throws ClusterRefusal, ClusterUnseen
 */
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
        `the cluster has ${taking.length} host(s) that take any pod, and each of the ${nodes} nodes wants one of its own; the others wait until there are more`,
      ];
}
