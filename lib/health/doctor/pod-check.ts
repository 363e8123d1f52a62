import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { ClusterRefusal, ClusterUnseen, Kubectl } from '../../server/kubernetes/kubectl';
import { lookAtPods } from '../../server/kubernetes/pod-watch';
import { outdatedLines, troubleLines, unsealings } from '../../server/kubernetes/pod-words';
import { advice, note, Problem, type Advice } from './examination';

/**
 * The pods of the server, where kubectl can tell of them: who is on call may have no access to the cluster.
 *
 * @returns with advice where some run, as the others may still answer @throws Problem where none does
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
      ...sealed.map(([name, command]) => advice(`pod ${name} is sealed, so it could not take over`, command)),
      ...outdatedLines(pods).map((line) => note(line)),
    ];
    return { detail: `${all - troubles.length} of ${all} run`, advice: found };
  } catch (error) {
    if (error instanceof ClusterUnseen || error instanceof ClusterRefusal) {
      return { detail: `not looked at: ${error.message}`, advice: [] };
    }
    throw error;
  }
}
