import { commandLine } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { portForwards } from '../declaration/derived/port-forward';
import { nodeAddresses } from '../declaration/schema/server/server-declaration';

/**
 * Steps at the nodes of a cluster after the first one was initialized, a line each; nothing where a seal opens
 * them. Each node keeps its own count of shares, and those that joined have none yet.
 */
export function otherNodes(server: Deployment['vault']['server']): string[] {
  if (server === undefined || server.mode === 'dev' || server.nodes === 1 || server.seal !== undefined) {
    return [];
  }
  const forwards = server.mode === 'kubernetes' ? portForwards(server) : undefined;
  const [, ...others] = nodeAddresses(server);
  const running = forwards === undefined ? '' : ', each while its port is forwarded';
  return [
    `The other nodes join by themselves, and are sealed; unseal them too${running}:`,
    ...others.map((address) => {
      const forward = forwards?.get(address);
      return `  VAULT_ADDR=${address} ${commandLine('unseal')}${forward === undefined ? '' : `   # ${forward}`}`;
    }),
  ];
}
