import { dataVolume } from '../../declaration/declared/declared-server';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';

/*
 * Consequences of a changed server in a container. A server in dev mode forgets all with its container. In production the
 * grants are in a volume that Terraform does not delete. A server finds the volume by the name of its container.
 */

/** Consequences of one server. */
export interface ServerConsequences {
  readonly notices: readonly string[];
  /** Why no grant is found any more. @default - all are */
  readonly loss?: string;
}

/** @param changes the whole plan, which says what comes in its place */
export function containerConsequences(change: ResourceChange, changes: readonly ResourceChange[]): ServerConsequences {
  const name = change.before('name') ?? '';
  if (!isStopped(change)) {
    return { notices: [] };
  }
  if (isOfDevMode(change)) {
    return { notices: [], loss: inMemory(name) };
  }
  const after = serversAfter(changes);
  const kept = namesOfNodes(after);
  const volume = dataVolume(name);
  if (kept.includes(name)) {
    return { notices: [`the server "${name}" is stopped, and another one started in its place, to be unsealed`] };
  }
  if (after.length === 0) {
    return {
      notices: [
        `the server "${name}" is stopped; its volume "${volume}" stays, with every grant in it, and is found again by a deploy with the same mode, containerName and nodes; the audit log stays in "${name}-audit"`,
      ],
    };
  }
  const stopped = changes.filter(isStopped).map((each) => each.before('name') ?? '');
  return after.some(({ isCreated }) => !isCreated) || stopped.some((each) => kept.includes(each))
    ? { notices: [`the server "${name}" is stopped, and others of its cluster stay`] }
    : {
        notices: [],
        loss: `the server "${name}" is stopped for a new and empty one: its grants stay in the volume "${volume}", where nothing finds them unless mode, containerName and nodes are as they were`,
      };
}

/** Why the grants of a server in dev mode end. */
export function inMemory(name: string): string {
  return `the server "${name}" keeps all in memory, and is stopped`;
}

/** Servers that there are once the plan is applied, in containers or on Kubernetes. */
export function serversAfter(changes: readonly ResourceChange[]): ResourceChange[] {
  return changes.filter(
    (change) =>
      (change.isCreated || !(change.isDeleted || change.isForgotten)) &&
      (change.type === 'helm_release' || (change.type === 'docker_container' && change.isSet('start'))),
  );
}

/** Whether a server is stopped that keeps what it has: it may be refreshing just then. */
export function stopsServer({ changes }: Plan): boolean {
  return changes.some((change) => isStopped(change) && !isOfDevMode(change));
}

function isStopped(change: ResourceChange): boolean {
  // Pods of a release that stays run on as they are until somebody restarts them.
  if (change.type === 'helm_release') {
    return change.isDeleted;
  }
  // A container that only carries files is never started, though its image may have the command of dev mode.
  return change.type === 'docker_container' && change.isDeleted && change.isSet('start');
}

function isOfDevMode(change: ResourceChange): boolean {
  return change.listBefore('command').includes('-dev');
}

/** Containers in production, which have a volume each. */
function namesOfNodes(servers: readonly ResourceChange[]): string[] {
  return servers
    .filter((change) => change.type === 'docker_container' && !change.listAfter('command').includes('-dev'))
    .map((change) => change.after('name') ?? '');
}
