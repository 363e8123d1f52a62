import { declaredSecrets } from '../../declaration/derived/client-secret';
import { checkWrittenSecrets } from '../../grants/rotation/written-secrets';
import { lookAtCluster, type ClusterFindings } from '../../server/kubernetes/cluster-preflight';
import { Kubectl } from '../../server/kubernetes/kubectl';
import type { Consequences } from '../../terraform/consequences/consequence';
import { stopsServer } from '../../terraform/consequences/container-consequence';
import { grantConsequences } from '../../terraform/consequences/grant-consequences';
import { serverConsequences } from '../../terraform/consequences/server-consequences';
import type { Plan } from '../../terraform/plan/plan';
import { pluginRemovalObstacles } from '../../terraform/preflight/plugin-presence';
import { secretNotices, secretObstacles, writtenVariables } from '../../terraform/plan/secret-writes';
import { say } from '../command';
import { prepareServerStop, type ServerStop } from './server-stop';
import type { StackWork } from './stack-work';

/** Everything that people should know about a plan before they agree to it. */
export interface PlanFindings {
  readonly consequences: Consequences;
  /** Reasons why the plan cannot be applied. */
  readonly obstacles: readonly string[];
  /** @default - no server stops */
  readonly stop?: ServerStop;
}

export async function examinePlan(work: StackWork, plan: Plan, destroy = false): Promise<PlanFindings> {
  const { stack, preflight, onKubernetes, deployment, signal } = work;
  const secrets = declaredSecrets(deployment);
  // A server that is destroyed needs nothing of its cluster.
  const cluster: ClusterFindings =
    onKubernetes === undefined || destroy
      ? { notes: [], problems: [] }
      : await lookAtCluster(new Kubectl(onKubernetes, { signal }), onKubernetes);
  const { notices, losses } = stack.isInVault
    ? grantConsequences(plan, deployment)
    : serverConsequences(plan, deployment, { isClusterUnreachable: cluster.isUnreachable });
  const stop = stopsServer(plan) ? await prepareServerStop(work, say) : undefined;
  const inVault = await preflight?.findings(plan);
  const obstacles = [
    ...secretObstacles(plan, secrets, process.env),
    ...pluginRemovalObstacles(plan),
    ...(inVault?.obstacles ?? []),
    ...cluster.problems,
  ];
  const written = await checkWrittenSecrets(deployment, obstacles.length > 0 ? [] : writtenVariables(plan, secrets), {
    environment: process.env,
    signal,
  });
  return {
    consequences: {
      notices: [
        ...(inVault?.notices ?? []),
        ...notices,
        ...secretNotices(plan, secrets),
        ...(stop?.notice === undefined ? [] : [stop.notice]),
        ...cluster.notes,
        ...written.notes,
      ],
      losses,
    },
    obstacles: [...obstacles, ...written.problems],
    stop,
  };
}
