import { ExplainedError, commandLine } from '#core';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { ClusterRefusal, ClusterUnseen, Kubectl } from '../../server/kubernetes/kubectl';
import { watchPods, type PodWatchOptions } from '../../server/kubernetes/pod-watch';
import { nextSteps, outdatedLines, troubleLines } from '../../server/kubernetes/pod-words';

export interface ServerPodsOptions extends PodWatchOptions {
  /** Gets lines for a person. */
  readonly note: (line: string) => void;
}

/** Prints the state of the pods after a deploy, and what to do next. @returns whether no pod is known to fail */
export async function tellPods(server: KubernetesServerDeclaration, options: ServerPodsOptions): Promise<boolean> {
  const { note, signal, timeoutMs } = options;
  const kubectl = new Kubectl(server, { signal });
  try {
    note(`waiting up to ${timeoutMs / 1000} s for the ${server.nodes} pods to run; Ctrl-C ends only this wait`);
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
        `interrupted during the wait for the pods; the changes are applied, and "${commandLine('deploy', 'vault-server')}" checks the pods again`,
      );
    }
    if (error instanceof ClusterUnseen || error instanceof ClusterRefusal) {
      note(`the pods were not checked: ${error.message}`);
      return true;
    }
    throw error;
  }
}
