import { ExplainedError, commandLine } from '#core';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { ClusterRefusal, ClusterUnseen, Kubectl } from '../../server/kubernetes/kubectl';
import { watchPods, type PodWatchOptions } from '../../server/kubernetes/pod-watch';
import { nextSteps, outdatedLines, troubleLines } from '../../server/kubernetes/pod-words';

/** For images to be fetched and volumes to be made. */
export const PODS_TIMEOUT = '2m';

export interface ServerPodsOptions extends PodWatchOptions {
  /** Takes what a person should know, a line at a time. */
  readonly note: (line: string) => void;
}

/**
 * Says what has become of the pods of a server that was deployed, and what to do next.
 *
 * @returns whether none is known not to run
 * @throws ExplainedError where it is interrupted
 */
export async function tellPods(server: KubernetesServerDeclaration, options: ServerPodsOptions): Promise<boolean> {
  const { note, signal, timeoutMs } = options;
  const kubectl = new Kubectl(server, { signal });
  try {
    note(`waiting for the ${server.nodes} pods to run, ${timeoutMs / 1000} s at most; Ctrl-C ends that alone`);
    const { pods, troubles } = await watchPods(kubectl, server, options);
    outdatedLines(pods).forEach(note);
    troubleLines(troubles).forEach((line) => note(`error: ${line}`));
    if (troubles.length === 0) {
      nextSteps(pods).forEach(note);
    }
    return troubles.length === 0;
  } catch (error) {
    if (signal.aborted) {
      throw new ExplainedError(
        `interrupted while the pods were waited for; what was applied stays, and "${commandLine('deploy', 'vault-server')}" looks at them again`,
      );
    }
    if (error instanceof ClusterUnseen || error instanceof ClusterRefusal) {
      note(`the pods were not looked at: ${error.message}`);
      return true;
    }
    throw error;
  }
}
