import { quotedList } from '#core';
import { declaredServer, serverOf, type DeclaredServer } from '../../declaration/declared/declared-server';
import { parseNote } from '../../declaration/declared/note';
import type { Deployment } from '../../declaration/schema/deployment';
import { noteIn, type Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { joined, lost, type Consequences } from './consequence';
import { containerConsequence, inMemory, serversAfter, type ServerConsequence } from './container-consequence';
import { releaseConsequence } from './release-consequence';

export interface ServerConsequencesOptions {
  /** Whether the cluster does not answer, so that nothing is known to be gone from it. @default false */
  readonly isClusterUnreachable?: boolean;
}

/**
 * Consequences of a plan of stack `vault-server`, by its containers, its releases and both declarations.
 *
 * @throws ExplainedError if the note in the state has another format
 */
export function serverConsequences(
  plan: Plan,
  { vault: { server }, credentials }: Pick<Deployment, 'vault' | 'credentials'>,
  options: ServerConsequencesOptions = {},
): Consequences {
  const { text, isWritten } = noteIn(plan);
  const before = text === undefined ? undefined : parseNote(text, declaredServer);
  const compared =
    before !== undefined && server !== undefined && isWritten ? compareServers(before, serverOf(server)) : {};
  const found = [
    compared,
    ...(compared.loss === undefined ? plan.changes.map((change) => ofChange(change, plan, options)) : []),
  ];
  const names = credentials.map(({ name }) => name);
  return joined(
    found.map(({ notice, loss }) => ({
      notices: notice === undefined ? [] : [notice],
      losses: loss === undefined ? [] : lost(names, loss),
    })),
  );
}

function compareServers(before: DeclaredServer, after: DeclaredServer): ServerConsequence {
  const [name = ''] = before.nodes;
  if (before.mode === 'dev') {
    return after.mode === 'dev' && after.nodes.includes(name) ? {} : { loss: inMemory(name) };
  }
  const place = before.namespace === undefined ? '' : ` in namespace "${before.namespace}"`;
  const isSamePlace = after.mode === before.mode && after.namespace === before.namespace;
  if (!isSamePlace || !before.volumes.some((volume) => after.volumes.includes(volume))) {
    const fields = before.namespace === undefined ? 'containerName and nodes' : 'releaseName and namespace';
    return {
      loss: `a new and empty server replaces ${quotedList(before.nodes)}${place}; its grants stay in ${quotedList(before.volumes)}, which only a server with the earlier mode, ${fields} finds`,
    };
  }
  // A pod that Helm stops does not leave the cluster of Raft.
  const gone = before.mode === 'kubernetes' ? before.nodes.filter((node) => !after.nodes.includes(node)) : [];
  return gone.length === 0
    ? {}
    : {
        notice: `${quotedList(gone)}${place} are stopped, but still count as members of the cluster; remove them first, one by one, with "bao operator raft remove-peer" or "vault operator raft remove-peer"`,
      };
}

function ofChange(
  change: ResourceChange,
  { changes, drift }: Plan,
  { isClusterUnreachable = false }: ServerConsequencesOptions,
): ServerConsequence {
  if (change.type === 'docker_container') {
    return containerConsequence(change, changes);
  }
  if (change.type !== 'helm_release') {
    return {};
  }
  const vanished = drift.find(({ address, isDeleted }) => address === change.address && isDeleted);
  // Helm's provider takes a release for gone if the cluster does not answer. That alone creates no new server.
  return vanished !== undefined && isClusterUnreachable
    ? {}
    : releaseConsequence(change, { vanished, hasSuccessor: serversAfter(changes).length > 0 });
}
