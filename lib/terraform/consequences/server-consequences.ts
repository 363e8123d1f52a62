import { declaredServer, serverOf } from '../../declaration/declared/declared-server';
import { parseNote } from '../../declaration/declared/note';
import type { Deployment } from '../../declaration/schema/deployment';
import { noteIn } from '../plan/declared-note';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { joined, lost, type Consequences } from './consequence';
import { containerConsequences, serversAfter, type ServerConsequences } from './container-consequences';
import { releaseConsequences } from './release-consequences';
import { compareServers } from './server-comparison';

export interface ServerConsequencesOptions {
  /** Whether the cluster does not answer, so that nothing is known to have gone from it. @default false */
  readonly isClusterUnreachable?: boolean;
}

/**
 * Consequences of a plan of stack `vault-server`: by what was declared before and is declared now, and by what the plan
 * does to containers and releases.
 *
 * @throws ExplainedError if the state says in another format what was declared
 */
export function serverConsequences(
  plan: Plan,
  { vault: { server }, credentials }: Pick<Deployment, 'vault' | 'credentials'>,
  options: ServerConsequencesOptions = {},
): Consequences {
  const { text, isWritten } = noteIn(plan);
  const before = text === undefined ? undefined : parseNote(text, declaredServer);
  const compared: ServerConsequences =
    before !== undefined && server !== undefined && isWritten
      ? compareServers(before, serverOf(server))
      : { notices: [] };
  const names = credentials.map(({ name }) => name);
  const found = [
    compared,
    ...(compared.loss === undefined ? plan.changes.map((change) => ofChange(change, plan, options)) : []),
  ];
  return joined(found.map(({ notices, loss }) => ({ notices, losses: loss === undefined ? [] : lost(names, loss) })));
}

function ofChange(
  change: ResourceChange,
  { changes, drift }: Plan,
  { isClusterUnreachable = false }: ServerConsequencesOptions,
): ServerConsequences {
  if (change.type === 'docker_container') {
    return containerConsequences(change, changes);
  }
  if (change.type !== 'helm_release') {
    return { notices: [] };
  }
  const vanished = drift.find(({ address, isDeleted }) => address === change.address && isDeleted);
  // To Helm's provider, a release whose cluster does not answer is gone. That alone makes no new server.
  return vanished !== undefined && isClusterUnreachable
    ? { notices: [] }
    : releaseConsequences(change, { vanished, hasSuccessor: serversAfter(changes).length > 0 });
}
