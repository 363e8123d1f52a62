import { VaultUnreachableError } from '#core';
import type { Deployment } from '../schema/deployment';
import {
  forwardedAddresses,
  podNames,
  type KubernetesServerDeclaration,
} from '../schema/server/kubernetes-server-declaration';
import { nodeAddresses } from '../schema/server/server-declaration';

/** Beginning of a kubectl command line for the server. */
export function kubectlCommand({
  context,
  namespace,
}: Pick<KubernetesServerDeclaration, 'context' | 'namespace'>): string {
  const chosen = context === undefined ? '' : ` --context ${context}`;
  return `kubectl${chosen} -n ${namespace}`;
}

/** Command line that forwards a port to each pod, by the pod's address on this machine. */
export function portForwards(server: KubernetesServerDeclaration): ReadonlyMap<string, string> {
  const addresses = forwardedAddresses(server);
  return new Map(
    podNames(server).map((pod, index) => {
      const address = addresses[index] ?? '';
      return [address, `${kubectlCommand(server)} port-forward pod/${pod} ${new URL(address).port}:8200`];
    }),
  );
}

type Server = Deployment['vault']['server'];

/** Addresses of the other nodes. @returns an empty list for a single node, or for the address of no node */
export function otherNodeAddresses(address: string, server: Server): readonly string[] {
  if (server === undefined) {
    return [];
  }
  const all = nodeAddresses(server);
  return all.includes(address) ? all.filter((other) => other !== address) : [];
}

/** Advice if one node does not serve. @returns undefined if there is no other node */
export function otherNodeAdvice(address: string, server: Server): string | undefined {
  const others = otherNodeAddresses(address, server).map((other) => `VAULT_ADDR=${other}`);
  const forwarded = server?.mode === 'kubernetes' ? ', while its port is forwarded' : '';
  return others.length === 0 ? undefined : `another node may serve: ${others.join(' or ')}${forwarded}`;
}

/** Advice about an unreachable node. @returns undefined for another error or an unknown address */
export function absenceAdvice(error: unknown, server: Server): string | undefined {
  if (!(error instanceof VaultUnreachableError) || !error.isTransient) {
    return undefined;
  }
  const { address } = error;
  const advice = [forwardAdvice(address, server), otherNodeAdvice(address, server)].filter(
    (part) => part !== undefined,
  );
  return advice.length === 0 ? undefined : advice.join('; ');
}

/** Advice if nothing answers at an address. @returns undefined if the address is not that of a forwarded port */
function forwardAdvice(address: string, server: Server): string | undefined {
  const command = server?.mode === 'kubernetes' ? portForwards(server).get(address) : undefined;
  return command && `check that this command runs: ${command}`;
}
