import { quotedList } from '#core';
import type { DeclaredServer } from '../../declaration/declared/declared-server';
import { inMemory, type ServerConsequences } from './container-consequences';

/** Consequences for the grants of a server, if one declaration follows the other. */
export function compareServers(before: DeclaredServer, after: DeclaredServer): ServerConsequences {
  const [name = ''] = before.nodes;
  if (before.mode === 'dev') {
    const isSame = after.mode === 'dev' && after.nodes.includes(name);
    return isSame ? { notices: [] } : { notices: [], loss: inMemory(name) };
  }
  const isSamePlace = after.mode === before.mode && after.namespace === before.namespace;
  if (!isSamePlace || !before.volumes.some((volume) => after.volumes.includes(volume))) {
    const fields = before.namespace === undefined ? 'containerName and nodes' : 'releaseName and namespace';
    return {
      notices: [],
      loss: `a new and empty server takes the place of ${quotedList(before.nodes)}${place(before)}: its grants stay in ${quotedList(before.volumes)}, where nothing finds them unless mode, ${fields} are as they were`,
    };
  }
  // A pod that is stopped by Helm leaves the cluster without a word.
  const gone = before.mode === 'kubernetes' ? before.nodes.filter((node) => !after.nodes.includes(node)) : [];
  return {
    notices:
      gone.length === 0
        ? []
        : [
            `${quotedList(gone)}${place(before)} are stopped, and still count as members of the cluster: take them out of it first, one by one, with "bao operator raft remove-peer" or "vault operator raft remove-peer"`,
          ],
  };
}

function place({ namespace }: DeclaredServer): string {
  return namespace === undefined ? '' : ` in namespace "${namespace}"`;
}
