import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import type { Kubectl } from './kubectl';
import { isRunning, outdatedTroubles, podTrouble, type PodTrouble } from './pod-trouble';
import { ServerPods } from './pods';

/** The cluster needs a moment to act on a change. A pod that stops at once may be seen running. */
const LOOKS_ALIKE = 3;

export interface PodWatchOptions {
  /** Limit for pods that may still start. */
  readonly timeoutMs: number;
  /** Between two looks. @default 2000 */
  readonly pollMs?: number;
  readonly signal: AbortSignal;
}

export interface WatchedPods {
  /** State at the end. */
  readonly pods: ServerPods;
  /** Reasons why some do not run. */
  readonly troubles: readonly PodTrouble[];
}

/** Waits until every pod runs, or a person must act. @throws ClusterUnseen, ClusterRefusal; the signal's reason */
export async function watchPods(
  kubectl: Kubectl,
  server: KubernetesServerDeclaration,
  { timeoutMs, pollMs = 2000, signal }: PodWatchOptions,
): Promise<WatchedPods> {
  const deadline = performance.now() + timeoutMs;
  let before = '';
  for (let alike = 1; ;) {
    const seen = await lookAtPods(kubectl, server);
    const state = stateOf(seen);
    alike = state === before ? alike + 1 : 1;
    before = state;
    const isSettled = isObserved(seen.pods) && seen.troubles.every((trouble) => trouble.isSettled);
    if ((isSettled && alike >= LOOKS_ALIKE) || performance.now() + pollMs > deadline) {
      return seen;
    }
    await delay(pollMs, undefined, { signal });
  }
}

/** One look. @throws ClusterUnseen, ClusterRefusal; the signal's reason */
export async function lookAtPods(kubectl: Kubectl, server: KubernetesServerDeclaration): Promise<WatchedPods> {
  const pods = await ServerPods.read(kubectl, server);
  const troubles = await Promise.all(pods.names.map((name) => podTrouble(kubectl, pods, name)));
  const present = troubles.filter((trouble) => trouble !== undefined);
  return { pods, troubles: outdatedTroubles(pods, present) };
}

/** Whether the cluster knows the last declaration. */
function isObserved({ statefulSet }: ServerPods): boolean {
  return statefulSet !== undefined && statefulSet.status.observedGeneration >= (statefulSet.metadata.generation ?? 0);
}

function stateOf({ pods, troubles }: WatchedPods): string {
  const restarts = pods.names.map((name) => {
    const { containerStatuses = [] } = pods.pod(name)?.status ?? {};
    return [isRunning(pods, name), ...containerStatuses.map(({ restartCount }) => restartCount)];
  });
  return JSON.stringify([restarts, troubles.map(({ pod }) => pod)]);
}
