import { dataVolume } from '../../declaration/declared/declared-server';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';

/*
 * A server in a container. In dev mode it forgets everything with its container. In production the grants are in a volume
 * that Terraform does not delete, and a server finds the volume by the name of its container.
 */

export interface ServerConsequence {
  readonly notice?: string;
  /** Why no server finds the grants any more. @default - the grants stay */
  readonly loss?: string;
}

/** @param changes the whole plan, with the successors */
export function containerConsequence(change: ResourceChange, changes: readonly ResourceChange[]): ServerConsequence {
  const name = change.before('name') ?? '';
  if (!isStopped(change)) {
    return {};
  }
  if (isOfDevMode(change)) {
    return { loss: inMemory(name) };
  }
  const after = serversAfter(changes);
  const kept = namesOfNodes(after);
  const volume = dataVolume(name);
  if (kept.includes(name)) {
    return { notice: `the server "${name}" is stopped, and a new one starts in its place; unseal it` };
  }
  if (after.length === 0) {
    return {
      notice: `the server "${name}" is stopped. Its volume "${volume}" stays with every grant, and a deploy with the same mode, containerName and nodes finds it again. The audit log stays in "${name}-audit"`,
    };
  }
  const stopped = changes.filter(isStopped).map((each) => each.before('name') ?? '');
  return after.some(({ isCreated }) => !isCreated) || stopped.some((each) => kept.includes(each))
    ? { notice: `the server "${name}" is stopped, and the other nodes of its cluster stay` }
    : {
        loss: `a new and empty server replaces "${name}"; its grants stay in the volume "${volume}", which only a server with the earlier mode, containerName and nodes finds`,
      };
}

/** Why the grants of a server in dev mode are lost. */
export function inMemory(name: string): string {
  return `the server "${name}" keeps everything in memory, and is stopped`;
}

/** Servers that exist after the apply, in containers or on Kubernetes. */
export function serversAfter(changes: readonly ResourceChange[]): ResourceChange[] {
  return changes.filter(
    (change) =>
      !change.isGone &&
      (change.type === 'helm_release' || (change.type === 'docker_container' && change.isSet('start'))),
  );
}

/** Whether the plan stops a server that keeps its grants: it may be refreshing at that moment. */
export function stopsServer({ changes }: Plan): boolean {
  return changes.some((change) => isStopped(change) && !isOfDevMode(change));
}

function isStopped(change: ResourceChange): boolean {
  // Pods of a release that stays run on until somebody restarts them.
  if (change.type === 'helm_release') {
    return change.isDeleted;
  }
  // A container that only carries files is never started, and its image may have the command of dev mode.
  return change.type === 'docker_container' && change.isDeleted && change.isSet('start');
}

function isOfDevMode(change: ResourceChange): boolean {
  return hasDevFlag(change.valueBefore('command'));
}

/** Containers in production, which have a volume each. */
function namesOfNodes(servers: readonly ResourceChange[]): string[] {
  return servers
    .filter((change) => change.type === 'docker_container' && !hasDevFlag(change.valueAfter('command')))
    .map((change) => change.after('name') ?? '');
}

function hasDevFlag(command: unknown): boolean {
  return Array.isArray(command) && command.includes('-dev');
}
