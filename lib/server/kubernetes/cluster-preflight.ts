import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { kubectlCommand } from '../../declaration/derived/cluster-nodes';
import { lookAtHosts } from './host-look';
import { ClusterRefusal, ClusterUnreachable, ClusterUnseen, type Kubectl } from './kubectl';
import { lookAtSecret, neededSecrets } from './secret-look';
import { lookAtClaims, lookAtStorage } from './storage-look';
import { lookAtTlsSecret } from './tls-secret';

/*
 * Checks of the cluster before the chart is installed. Helm does not wait, so problems would show only in pods that never
 * start.
 */

export interface ClusterFindings {
  /** Reasons why the server, or an object declared beside it, would not work. */
  readonly problems: readonly string[];
  /** Other findings, such as objects that this user may not see. */
  readonly notes: readonly string[];
  /** Whether kubectl gets no answer, so that missing objects may exist. @default - it gets one */
  readonly isUnreachable?: true;
}

function findings(problems: readonly string[], notes: readonly string[] = []): ClusterFindings {
  return { problems, notes };
}

/** Resources that Helm creates for the chart, and that an ordinary user of a namespace may not create. */
const MADE = ['statefulsets.apps', 'secrets', 'clusterrolebindings.rbac.authorization.k8s.io'];

export async function lookAtCluster(
  kubectl: Kubectl,
  server: KubernetesServerDeclaration,
  now = new Date(),
): Promise<ClusterFindings> {
  try {
    const namespace = await lookAtNamespace(kubectl, server);
    if (namespace.problems.length > 0) {
      return namespace;
    }
    const all = [namespace, ...(await lookInside(kubectl, server, now))];
    return findings(
      all.flatMap(({ problems }) => problems),
      all.flatMap(({ notes }) => notes),
    );
  } catch (error) {
    if (error instanceof ClusterUnreachable) {
      return { ...findings([`the cluster cannot be reached: ${error.message}`]), isUnreachable: true };
    }
    if (error instanceof ClusterUnseen) {
      return findings([], [`the cluster could not be checked: ${error.message}`]);
    }
    throw error;
  }
}

/** All checks at once. The first that fails ends the others, because kubectl would not answer them either. */
async function lookInside(
  unended: Kubectl,
  server: KubernetesServerDeclaration,
  now: Date,
): Promise<ClusterFindings[]> {
  const ending = new AbortController();
  const kubectl = unended.endedBy(ending.signal);
  const looks: Promise<ClusterFindings>[] = [
    seen('the certificates', () => lookAtTlsSecret(kubectl, server, now)),
    ...neededSecrets(server).map((secret) =>
      seen(`Secret "${secret.name}"`, async () => {
        const lines = await lookAtSecret(kubectl, server, secret);
        return secret.later === undefined ? findings(lines) : findings([], lines);
      }),
    ),
    seen('storage classes', async () => findings(await lookAtStorage(kubectl, server))),
    seen('claims', async () => findings(await lookAtClaims(kubectl, server))),
    seen('hosts', async () => findings([], await lookAtHosts(kubectl, server))),
    seen('rights', () => lookAtRights(kubectl, server)),
    ...(server.monitoring === undefined ? [] : [lookAtMonitoring(kubectl)]),
  ];
  try {
    return await Promise.all(looks);
  } catch (error) {
    ending.abort();
    await Promise.allSettled(looks);
    throw error;
  }
}

function lookAtNamespace(kubectl: Kubectl, server: KubernetesServerDeclaration): Promise<ClusterFindings> {
  const { context, namespace } = server;
  return seen(`namespace "${namespace}"`, async () => {
    try {
      await kubectl.text('get', 'namespace', namespace, '--output=name');
      return findings([]);
    } catch (error) {
      if (error instanceof ClusterRefusal && error.isMissing) {
        const command = kubectlCommand({ context, namespace }).replace(/ -n .*$/, '');
        return findings([
          `the cluster has no namespace "${namespace}", where the server's Secrets must be; create it: ${command} create namespace ${namespace}`,
        ]);
      }
      throw error;
    }
  });
}

/** Rights for the first deploy. Later ones need other rights, which depend on the change. */
async function lookAtRights(
  kubectl: Kubectl,
  { releaseName, namespace, values }: KubernetesServerDeclaration,
): Promise<ClusterFindings> {
  const there = await kubectl.text('get', 'statefulset', releaseName, '--ignore-not-found', '--output=name');
  if (there !== '') {
    return findings([]);
  }
  const bindsToCluster = values.server?.authDelegator?.enabled !== false;
  const needed = MADE.filter((resource) => bindsToCluster || !resource.startsWith('clusterrolebindings'));
  const rights = await Promise.all(
    needed.map(async (resource) => ({ resource, isGiven: await kubectl.may('create', resource) })),
  );
  const missing = rights.filter(({ isGiven }) => !isGiven).map(({ resource }) => resource);
  const more = missing.some((resource) => resource.startsWith('clusterrolebindings'))
    ? '. The chart creates the cluster role binding for the Kubernetes auth method of the server, unless vault.server.values.server.authDelegator is { enabled: false }'
    : '';
  const problem = `the user of the kubeconfig may not create ${missing.join(', ')} in namespace "${namespace}"; ask for that right, or deploy as another user${more}`;
  return findings(missing.length === 0 ? [] : [problem]);
}

async function lookAtMonitoring(kubectl: Kubectl): Promise<ClusterFindings> {
  // Every user may ask for the kinds that a cluster has.
  const known = await kubectl.text('api-resources', '--api-group=monitoring.coreos.com', '--output=name');
  const problem =
    'the cluster knows no PrometheusRule, because the Prometheus Operator is not installed; install it, or leave vault.server.monitoring out';
  return findings(known.includes('prometheusrules') ? [] : [problem]);
}

/** A check that this user may not do becomes a note. */
async function seen(what: string, look: () => Promise<ClusterFindings>): Promise<ClusterFindings> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ClusterRefusal) {
      return findings([], [`${what} could not be checked (${error.message})`]);
    }
    throw error;
  }
}
