import { ExplainedError, type VaultConnectionOptions } from '#core';
import {
  forwardedAddresses,
  podHost,
  podNames,
  type KubernetesServerDeclaration,
} from '../declaration/schema/server/kubernetes-server-declaration';
import type { VaultClient } from '../vault/vault-client';
import { otherLeader } from './keys/unsealing';

export type DeclaredServer = KubernetesServerDeclaration | { readonly mode: 'dev' | 'production' };

/**
 * Connection to the leader, for tasks of the leader only.
 *
 * @param server declared server @default - none
 * @param report gets a line if another node leads
 * @throws ExplainedError if the leader has another protocol, such as HTTP instead of HTTPS
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

/** Address of a pod's `kubectl port-forward` on this machine, if the asked address is one. */
function forwarded(leader: string, asked: string, server: DeclaredServer | undefined): string | undefined {
  if (server?.mode !== 'kubernetes') {
    return undefined;
  }
  const addresses = forwardedAddresses(server);
  const index = podNames(server).findIndex((pod) => podHost(server, pod) === new URL(leader).hostname);
  return addresses.includes(asked) ? addresses[index] : undefined;
}
