import { oneLine, commandLine } from '#core';
import { CHARTS } from '../../declaration/schema/server/chart';
import { tlsSecretName } from '../../declaration/schema/server/kubernetes-server-declaration';
import { lastLine } from '../../processes/child-process';
import { kubectlCommand } from '../../declaration/derived/cluster-nodes';
import { short, type Kubectl } from './kubectl';
import type { ContainerStatus, Pod, ServerPods } from './pods';

export interface PodTrouble {
  readonly pod: string;
  /** The problem, its reason and the next step, to follow the pod's name. */
  readonly what: string;
  /** Whether it stays until a person acts. */
  readonly isSettled: boolean;
}

/** Advice on a problem that the cluster tries to overcome by itself. */
const CORRECTED = 'correct that, and the cluster tries again';

const PULL = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'ErrInvalidImageName'];

/** Whether the server in the pod runs, sealed or not. */
export function isRunning(pods: ServerPods, name: string): boolean {
  const pod = pods.pod(name);
  return pod?.metadata.deletionTimestamp === undefined && serverContainer(pods, pod)?.state.running !== undefined;
}

/** @returns undefined for a pod that runs @throws ClusterUnseen, ClusterRefusal */
export async function podTrouble(kubectl: Kubectl, pods: ServerPods, name: string): Promise<PodTrouble | undefined> {
  const pod = pods.pod(name);
  if (pod === undefined) {
    return notCreated(pods, name);
  }
  if (isRunning(pods, name)) {
    return undefined;
  }
  return (
    unscheduled(pods, pod) ??
    pullFailed(pod) ??
    pluginFailed(pod) ??
    unconfigured(pod) ??
    (await notMounted(kubectl, pods, pod)) ??
    (await crashed(kubectl, pods, pod)) ??
    trouble(pod, `does not run yet; see why: ${kubectlCommand(pods.server)} describe pod ${name}`, false)
  );
}

/** Adds to the troubles of pods with an earlier declaration that they must be deleted, because nothing else renews them. */
export function outdatedTroubles(pods: ServerPods, troubles: readonly PodTrouble[]): PodTrouble[] {
  const outdated = troubles.map(({ pod }) => pod).filter((pod) => pods.outdated.includes(pod));
  const cure = `${kubectlCommand(pods.server)} delete pod ${outdated.join(' ')}`;
  return troubles.map((trouble) => {
    if (!outdated.includes(trouble.pod)) {
      return trouble;
    }
    // The last part is the next step, which may be done already.
    const what = trouble.what.replace(/; (?!.*; ).*$/s, '');
    return {
      ...trouble,
      what: `${what}; it has an earlier declaration, so delete it, which loses nothing, and the cluster creates it again: ${cure}`,
    };
  });
}

function notCreated(pods: ServerPods, name: string): PodTrouble {
  const set = pods.statefulSet;
  const why = set && pods.warning(set, 'FailedCreate');
  const what =
    why === undefined
      ? `is not created yet; see why: ${kubectlCommand(pods.server)} describe statefulset ${pods.server.releaseName}`
      : `is not created: ${short(why)}; ${CORRECTED}`;
  return { pod: name, what, isSettled: why !== undefined };
}

function unscheduled(pods: ServerPods, pod: Pod): PodTrouble | undefined {
  const scheduled = pod.status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (scheduled === undefined) {
    return undefined;
  }
  const pending = ['data', 'audit']
    .map((volume) => pods.claim(`${volume}-${pod.metadata.name}`))
    .find((claim) => claim?.status.phase === 'Pending');
  const why = pending && pods.warning(pending, 'ProvisioningFailed');
  if (pending !== undefined && why !== undefined) {
    const isOfClass = /storageclass/i.test(why);
    return trouble(
      pod,
      `gets no volume ${pending.metadata.name}: ${short(why)}; ${
        isOfClass
          ? `correct vault.server.storage.storageClass, delete the claims (which hold nothing yet: ${kubectlCommand(pods.server)} delete pvc ${pending.metadata.name} ...), destroy vault-server and deploy it again`
          : CORRECTED
      }`,
      isOfClass,
    );
  }
  const advice = /affinity/.test(scheduled.message)
    ? 'each node needs its own host: add hosts, or change vault.server.values.server.affinity'
    : /[Ii]nsufficient (?:memory|cpu)/.test(scheduled.message)
      ? 'add hosts, or lower vault.server.memory and cpu'
      : CORRECTED;
  return trouble(pod, `finds no host: ${short(scheduled.message)}; ${advice}`, false);
}

function pullFailed(pod: Pod): PodTrouble | undefined {
  const found = containers(pod).find(({ state }) => PULL.includes(state.waiting?.reason ?? ''));
  if (found === undefined) {
    return undefined;
  }
  const { reason = '', message = '' } = found.state.waiting ?? {};
  const field = found.name === 'plugin' ? 'vault.server.pluginImage' : 'vault.server.image';
  return trouble(
    pod,
    `cannot pull the image ${found.image} (${reason}: ${lastParts(message)}); correct ${field}, or give the cluster access to it`,
    reason !== 'ErrImagePull',
  );
}

function pluginFailed(pod: Pod): PodTrouble | undefined {
  const plugin = pod.status.initContainerStatuses.find(({ name }) => name === 'plugin');
  const end = plugin && lastEnd(plugin);
  if (plugin === undefined || end === undefined || end.exitCode === 0) {
    return undefined;
  }
  // Our own script prints a sha256 and no secret.
  const said = lastLine(end.message) || `its init container ended with ${end.exitCode} (${end.reason})`;
  return trouble(pod, `gets no plugin: ${oneLine(said).slice(0, 500)}`, true);
}

/** The cluster did not try to start the pod. */
function unconfigured(pod: Pod): PodTrouble | undefined {
  const waiting = containers(pod)
    .map(({ state }) => state.waiting)
    .find((state) => /^Create.*Error$|^RunContainerError$/.test(state?.reason ?? ''));
  return waiting === undefined
    ? undefined
    : trouble(pod, `cannot be started (${waiting.reason}): ${short(waiting.message)}; ${CORRECTED}`, true);
}

async function notMounted(kubectl: Kubectl, pods: ServerPods, pod: Pod): Promise<PodTrouble | undefined> {
  const isWaiting = containers(pod).every(({ state }) =>
    ['PodInitializing', 'ContainerCreating'].includes(state.waiting?.reason ?? ''),
  );
  const why = isWaiting ? pods.warning(pod, 'FailedMount', 'FailedAttachVolume') : undefined;
  if (why === undefined) {
    return undefined;
  }
  const [, volume = ''] = /volume "([^"]+)"/.exec(why) ?? [];
  const what = `has no volume "${volume}": ${short(why)}`;
  const [, secret] = /secret "([^"]+)" not found/.exec(why) ?? [];
  if (secret === undefined) {
    return trouble(pod, `${what}; ${CORRECTED}`, /secret/i.test(why));
  }
  // The cluster retries at growing intervals.
  if ((await kubectl.text('get', 'secret', secret, '--ignore-not-found', '--output=name').catch(() => '')) !== '') {
    return trouble(pod, `${what}; it exists now, and the cluster tries again within two minutes`, false);
  }
  const how = secret === tlsSecretName(pods.server) ? `, as "${commandLine('diff', 'vault-server')}" describes` : '';
  return trouble(
    pod,
    `${what}; create it in namespace "${pods.server.namespace}"${how}, and the cluster tries again`,
    true,
  );
}

async function crashed(kubectl: Kubectl, pods: ServerPods, pod: Pod): Promise<PodTrouble | undefined> {
  const container = serverContainer(pods, pod);
  const end = container && lastEnd(container);
  if (container === undefined || end === undefined) {
    return undefined;
  }
  const { name } = pod.metadata;
  const log = ['logs', name, `--container=${container.name}`, '--tail=20'];
  const isOver = container.state.terminated !== undefined;
  const said =
    lastLine(end.message) ||
    lastLine(await kubectl.text(...log, ...(isOver ? [] : ['--previous'])).catch(() => '')) ||
    'it logged nothing';
  const advice =
    end.reason === 'OOMKilled'
      ? 'raise vault.server.memory'
      : `see the rest with "${kubectlCommand(pods.server)} logs ${name} -c ${container.name} --previous"`;
  return trouble(
    pod,
    `stops again and again (${end.reason || 'exit code'} ${end.exitCode}): ${short(said, 300)}; ${advice}`,
    container.restartCount > 0,
  );
}

function lastEnd({ state, lastState }: ContainerStatus) {
  return state.terminated ?? lastState.terminated;
}

/** The last two parts of a message, which name the cause. Each layer puts its own words before them. */
function lastParts(message: string): string {
  return short(message.split(': ').slice(-2).join(': '));
}

function containers({ status }: Pod): ContainerStatus[] {
  return [...status.initContainerStatuses, ...status.containerStatuses];
}

/** @returns undefined before a host has accepted the pod */
function serverContainer({ server }: ServerPods, pod: Pod | undefined): ContainerStatus | undefined {
  const { container } = CHARTS[server.product];
  return pod?.status.containerStatuses.find(({ name }) => name === container);
}

function trouble({ metadata: { name } }: Pod, what: string, isSettled: boolean): PodTrouble {
  return { pod: name, what, isSettled };
}
