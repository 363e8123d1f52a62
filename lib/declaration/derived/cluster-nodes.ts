import { VaultUnreachableError } from '#core';
import type { Deployment } from '../schema/deployment';
import { forwardAdvice } from './port-forward';
import { nodeAddresses } from '../schema/server/server-declaration';

type Server = Deployment['vault']['server'];

/** Addresses of the other nodes. @returns none for a single node, or for an address that no node has */
export function otherNodeAddresses(address: string, server: Server): readonly string[] {
  if (server === undefined) {
    return [];
  }
  const all = nodeAddresses(server);
  return all.includes(address) ? all.filter((other) => other !== address) : [];
}

/** Advice if one node does not serve. @returns undefined if there is no other */
export function otherNodeAdvice(address: string, server: Server): string | undefined {
  const others = otherNodeAddresses(address, server).map((other) => `VAULT_ADDR=${other}`);
  const forwarded = server?.mode === 'kubernetes' ? ', while its port is forwarded' : '';
  return others.length === 0 ? undefined : `another node may serve: ${others.join(' or ')}${forwarded}`;
}

/** Advice about an error without an answer. @returns undefined for other errors, and for an unknown address */
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
