import { ExplainedError, type VaultConnectionOptions } from '#core';
import {
  forwardedAddresses,
  podHost,
  podNames,
  type KubernetesServerDeclaration,
} from '../declaration/schema/server/kubernetes-server-declaration';
import type { VaultClient } from '../vault/vault-client';
import { otherLeader } from './keys/unsealing';

/** A server that may be one whose pods are reached by `kubectl port-forward`. */
export type DeclaredServer = KubernetesServerDeclaration | { readonly mode: 'dev' | 'production' };

/**
 * Where the node answers that leads, for what only the leader does.
 *
 * @param server the declared one @default - none
 * @param report gets a line where that is another node
 * @throws ExplainedError where it would not be asked by TLS any more
 */
export async function leaderConnection(
  connection: VaultConnectionOptions,
  client: VaultClient,
  server: DeclaredServer | undefined,
  report: (line: string) => void,
): Promise<VaultConnectionOptions> {
  const { initialized, sealed } = await client.sealStatus();
  const leader = initialized && !sealed ? await otherLeader(client) : undefined;
  if (leader === undefined) {
    return connection;
  }
  const address = forwarded(leader, client.address, server) ?? leader;
  if (new URL(address).protocol !== new URL(connection.address).protocol) {
    throw new ExplainedError(
      `${client.address} is led by ${address}, another protocol than this one; correct api_addr in its configuration`,
    );
  }
  report(`${client.address} is a standby node; going to its leader, ${address}`);
  return { ...connection, address };
}

/** Where a pod's port-forward ends on this machine; undefined where it is not reached so. */
function forwarded(leader: string, asked: string, server: DeclaredServer | undefined): string | undefined {
  if (server?.mode !== 'kubernetes') {
    return undefined;
  }
  const addresses = forwardedAddresses(server);
  const index = podNames(server).findIndex((pod) => podHost(server, pod) === new URL(leader).hostname);
  return addresses.includes(asked) ? addresses[index] : undefined;
}
