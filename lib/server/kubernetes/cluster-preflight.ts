import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { kubectlCommand } from '../../declaration/derived/port-forward';
import { lookAtHosts } from './host-look';
import { ClusterRefusal, ClusterUnreachable, ClusterUnseen, type Kubectl } from './kubectl';
import { lookAtSecret, neededSecrets } from './secret-look';
import { lookAtClaims, lookAtStorage } from './storage-look';
import { lookAtTlsSecret } from './tls-secret';

/*
 * What can be known of the cluster before the chart is installed in it: Helm does not wait, so what is wrong would show
 * only in pods that never start.
 */

export interface ClusterFindings {
  /** With each of them the server, or what is declared beside it, would not work. */
  readonly problems: readonly string[];
  /** What is good to know, such as what could not be looked at. */
  readonly notes: readonly string[];
  /** Whether kubectl gets no answer, so that nothing that is missed there is known to be gone. @default - it gets one */
  readonly isUnreachable?: true;
}

const SOUND: ClusterFindings = { problems: [], notes: [] };

/** What Helm makes for the chart, and an ordinary user of a namespace may not make. */
const MADE = ['statefulsets.apps', 'secrets', 'clusterrolebindings.rbac.authorization.k8s.io'];

/** @throws the signal's reason, and what is a fault of ours */
export async function lookAtCluster(
  kubectl: Kubectl,
  server: KubernetesServerDeclaration,
  now = new Date(),
): Promise<ClusterFindings> {
  try {
    const namespace = await lookAtNamespace(kubectl, server);
    return namespace.problems.length > 0
      ? namespace
      : together([namespace, ...(await lookInside(kubectl, server, now))]);
  } catch (error) {
    if (error instanceof ClusterUnreachable) {
      return { problems: [`the cluster cannot be reached: ${error.message}`], notes: [], isUnreachable: true };
    }
    if (error instanceof ClusterUnseen) {
      return { problems: [], notes: [`nothing was looked at in the cluster: ${error.message}`] };
    }
    throw error;
  }
}

/** All looks at once. The first that fails ends the others, because kubectl would be waited for in vain. */
async function lookInside(
  unended: Kubectl,
  server: KubernetesServerDeclaration,
  now: Date,
): Promise<ClusterFindings[]> {
  const ending = new AbortController();
  const kubectl = unended.endedBy(ending.signal);
  const looks: Promise<ClusterFindings>[] = [
    seen('the certificates', async () => {
      const { problems, warnings } = await lookAtTlsSecret(kubectl, server, now);
      return { problems, notes: warnings };
    }),
    ...neededSecrets(server).map((secret) =>
      seen(`Secret "${secret.name}"`, async () => {
        const lines = await lookAtSecret(kubectl, server, secret);
        return secret.later === undefined ? { problems: lines, notes: [] } : { problems: [], notes: lines };
      }),
    ),
    seen('storage classes', async () => ({ problems: await lookAtStorage(kubectl, server), notes: [] })),
    seen('claims', async () => ({ problems: await lookAtClaims(kubectl, server), notes: [] })),
    seen('hosts', async () => ({ problems: [], notes: await lookAtHosts(kubectl, server) })),
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
      return SOUND;
    } catch (error) {
      if (error instanceof ClusterRefusal && error.isMissing) {
        const command = kubectlCommand({ context, namespace }).replace(/ -n .*$/, '');
        return {
          problems: [
            `no namespace "${namespace}" in the cluster, in which the Secrets of the server have to be; make it: ${command} create namespace ${namespace}`,
          ],
          notes: [],
        };
      }
      throw error;
    }
  });
}

/** Before the first deploy: later ones take other rights, by what has changed. */
async function lookAtRights(
  kubectl: Kubectl,
  { releaseName, namespace, values }: KubernetesServerDeclaration,
): Promise<ClusterFindings> {
  const there = await kubectl.text('get', 'statefulset', releaseName, '--ignore-not-found', '--output=name');
  if (there !== '') {
    return SOUND;
  }
  const bindsToCluster = values.server?.authDelegator?.enabled !== false;
  const needed = MADE.filter((resource) => bindsToCluster || !resource.startsWith('clusterrolebindings'));
  const rights = await Promise.all(
    needed.map(async (resource) => ({ resource, isGiven: await kubectl.may('create', resource) })),
  );
  const missing = rights.filter(({ isGiven }) => !isGiven).map(({ resource }) => resource);
  const more = missing.some((resource) => resource.startsWith('clusterrolebindings'))
    ? ', which the chart makes for the Kubernetes method of the server, unless vault.server.values.server.authDelegator is { enabled: false }'
    : '';
  return missing.length === 0
    ? SOUND
    : {
        problems: [
          `the user of the kubeconfig may not create ${missing.join(', ')} in namespace "${namespace}"${more}; have somebody give that right, or deploy as another`,
        ],
        notes: [],
      };
}

/** What the cluster knows of the Prometheus Operator, which everybody may ask. */
async function lookAtMonitoring(kubectl: Kubectl): Promise<ClusterFindings> {
  const known = await kubectl.text('api-resources', '--api-group=monitoring.coreos.com', '--output=name');
  return known.includes('prometheusrules')
    ? SOUND
    : {
        problems: [
          'the cluster knows no PrometheusRule, as the Prometheus Operator is not installed; install it, or leave vault.server.monitoring out',
        ],
        notes: [],
      };
}

/** Where this user may not look, that is worth a note and no more. */
async function seen(what: string, look: () => Promise<ClusterFindings>): Promise<ClusterFindings> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ClusterRefusal) {
      return { problems: [], notes: [`${what}: could not be looked at (${error.message})`] };
    }
    throw error;
  }
}

function together(findings: readonly ClusterFindings[]): ClusterFindings {
  return {
    problems: findings.flatMap(({ problems }) => problems),
    notes: findings.flatMap(({ notes }) => notes),
  };
}
