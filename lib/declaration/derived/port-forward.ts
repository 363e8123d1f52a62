import type { Deployment } from '../schema/deployment';
import {
  forwardedAddresses,
  podNames,
  type KubernetesServerDeclaration,
} from '../schema/server/kubernetes-server-declaration';

type Forwarded = Pick<KubernetesServerDeclaration, 'context' | 'namespace' | 'releaseName' | 'nodes' | 'port'>;

/** Beginning of a kubectl command line for the server. */
export function kubectlCommand({ context, namespace }: Pick<Forwarded, 'context' | 'namespace'>): string {
  const chosen = context === undefined ? '' : ` --context ${context}`;
  return `kubectl${chosen} -n ${namespace}`;
}

/** Command line that makes a pod answer, by its address on this machine. */
export function portForwards(server: Forwarded): ReadonlyMap<string, string> {
  const addresses = forwardedAddresses(server);
  return new Map(
    podNames(server).map((pod, index) => {
      const address = addresses[index] ?? '';
      return [address, `${kubectlCommand(server)} port-forward pod/${pod} ${new URL(address).port}:8200`];
    }),
  );
}

/** Advice if nothing answers at an address. @returns undefined if no pod's port is forwarded to it */
export function forwardAdvice(address: string, server: Deployment['vault']['server']): string | undefined {
  const command = server?.mode === 'kubernetes' ? portForwards(server).get(address) : undefined;
  return command && `see that this runs: ${command}`;
}
