import { ExplainedError, type VaultConnectionOptions } from '#core';
import {
  forwardedAddresses,
  podHost,
  podNames,
  type KubernetesServerDeclaration,
} from '../declaration/schema/server/kubernetes-server-declaration';
import { leaderReply } from '../vault/replies';
import { VaultClient } from '../vault/vault-client';

export interface LeaderOptions {
  /** @default - none is declared */
  readonly server?: KubernetesServerDeclaration | { readonly mode: 'dev' | 'production' };
  /** Gets a line if another node leads. */
  readonly report: (line: string) => void;
  /** @default - none */
  readonly signal?: AbortSignal;
}

/** Connection to the leader. @throws ExplainedError if the leader has another protocol, such as HTTP instead of HTTPS */
export async function leaderConnection(
  connection: VaultConnectionOptions,
  { server, report, signal }: LeaderOptions,
): Promise<VaultConnectionOptions> {
  const client = new VaultClient({ ...connection, token: undefined, signal });
  const { initialized, sealed } = await client.sealStatus();
  if (!initialized || sealed) {
    return connection;
  }
  const found = await client.withNamespace(undefined).read('sys/leader', leaderReply);
  const leader = found.leader_address;
  if (!found.ha_enabled || found.is_self === true || !leader) {
    return connection;
  }
  const address = forwarded(leader, client.address, server) ?? leader;
  if (new URL(address).protocol !== new URL(connection.address).protocol) {
    throw new ExplainedError(
      `the leader of ${client.address} is ${address}, which has another protocol; correct api_addr in its configuration`,
    );
  }
  report(`${client.address} is a standby node; asking its leader, ${address}`);
  return { ...connection, address };
}

/** Address of a pod's `kubectl port-forward` on this machine, if the asked address is one. */
function forwarded(leader: string, asked: string, server: LeaderOptions['server']): string | undefined {
  if (server?.mode !== 'kubernetes') {
    return undefined;
  }
  const addresses = forwardedAddresses(server);
  const index = podNames(server).findIndex((pod) => podHost(server, pod) === new URL(leader).hostname);
  return addresses.includes(asked) ? addresses[index] : undefined;
}
