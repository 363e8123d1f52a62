import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { ClusterRefusal, ClusterUnseen, Kubectl } from '../../server/kubernetes/kubectl';
import { lookAtPods } from '../../server/kubernetes/pod-watch';
import { outdatedLines, troubleLines, unsealings } from '../../server/kubernetes/pod-words';
import { advice, note, Problem, type Advice } from './examination';

/**
 * The pods of the server. The check passes if kubectl cannot see them, because a person on call may have no access to
 * the cluster.
 *
 * @returns advice if only some pods run, because these may still answer @throws Problem if no pod runs
 */
export async function checkPods(
  server: KubernetesServerDeclaration,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<{ readonly detail: string; readonly advice: readonly Advice[] }> {
  try {
    const { pods, troubles } = await lookAtPods(new Kubectl(server, { environment: env, signal }), server);
    const lines = troubleLines(troubles);
    const { length: all } = pods.names;
    if (troubles.length === all) {
      throw new Problem(lines.join('; '));
    }
    const broken = troubles.map(({ pod }) => pod);
    const sealed = [...unsealings(pods)].filter(([name]) => !broken.includes(name));
    const found: Advice[] = [
      ...lines.map((line) => advice(line)),
      ...sealed.map(([name, command]) => advice(`pod ${name} is sealed, so it cannot become active`, command)),
      ...outdatedLines(pods).map((line) => note(line)),
    ];
    return { detail: `${all - troubles.length} of ${all} run`, advice: found };
  } catch (error) {
    if (error instanceof ClusterUnseen || error instanceof ClusterRefusal) {
      return { detail: `not checked: ${error.message}`, advice: [] };
    }
    throw error;
  }
}
