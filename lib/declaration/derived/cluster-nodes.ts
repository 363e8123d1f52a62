import { VaultUnreachableError } from '#core';
import type { Deployment } from '../schema/deployment';
import { forwardAdvice } from './port-forward';
import { nodeAddresses } from '../schema/server/server-declaration';

type Server = Deployment['vault']['server'];

/** Where the other nodes of a cluster answer; nothing where there is one node, or the address is that of none. */
export function otherNodeAddresses(address: string, server: Server): readonly string[] {
  if (server === undefined) {
    return [];
  }
  const all = nodeAddresses(server);
  return all.includes(address) ? all.filter((other) => other !== address) : [];
}

/** What to try where one node does not serve, as the others then do; undefined: there are none. */
export function otherNodeAdvice(address: string, server: Server): string | undefined {
  const others = otherNodeAddresses(address, server).map((other) => `VAULT_ADDR=${other}`);
  const forwarded = server?.mode === 'kubernetes' ? ', while its port is forwarded' : '';
  return others.length === 0 ? undefined : `another node may serve: ${others.join(' or ')}${forwarded}`;
}

/** What to do about an error that is want of an answer; undefined: it is not, or nothing is known of that address. */
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
