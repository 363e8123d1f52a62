import { z } from 'zod';
import { podNames } from '../schema/server/kubernetes-server-declaration';
import { nodeNames, type serverDeclaration } from '../schema/server/server-declaration';

/*
 * The part of a declared server that its grants depend on. Stack `vault-server` keeps it as a note in its state.
 */

export const declaredServer = z.object({
  format: z.literal(1),
  mode: z.enum(['dev', 'production', 'kubernetes']),
  /** Namespace on Kubernetes. @default - the server runs in containers */
  namespace: z.string().optional(),
  /** Names of its containers or of its pods. */
  nodes: z.array(z.string()),
  /** Volumes that keep its grants, one for each node. A dev server has none. */
  volumes: z.array(z.string()),
});

export type DeclaredServer = z.output<typeof declaredServer>;

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage for the names of volumes */
export function serverOf(server: z.output<typeof serverDeclaration>): DeclaredServer {
  switch (server.mode) {
    case 'dev':
      return { format: 1, mode: 'dev', nodes: [server.containerName], volumes: [] };
    case 'production': {
      const nodes = nodeNames(server);
      return { format: 1, mode: 'production', nodes, volumes: nodes.map(dataVolume) };
    }
    case 'kubernetes': {
      const nodes = podNames(server);
      return {
        format: 1,
        mode: 'kubernetes',
        namespace: server.namespace,
        nodes,
        volumes: nodes.map((name) => `data-${name}`),
      };
    }
  }
}

/** Name of the Docker volume that keeps the grants of a container. */
export function dataVolume(containerName: string): string {
  return `${containerName}-data`;
}
