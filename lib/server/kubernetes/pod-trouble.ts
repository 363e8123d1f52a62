import { oneLine, commandLine } from '#core';
import { CHARTS } from '../../declaration/schema/server/chart';
import { tlsSecretName } from '../../declaration/schema/server/kubernetes-server-declaration';
import { kubectlCommand } from '../../declaration/derived/port-forward';
import { short, type Kubectl } from './kubectl';
import type { ContainerStatus, Pod, ServerPods } from './pods';

/*
 * Why a pod does not run, in one line: what the cluster says of it at five places.
 */

export interface PodTrouble {
  readonly pod: string;
  /** What is wrong with it, why, and what to do next; to be read behind its name. */
  readonly what: string;
  /** Whether it stays so until somebody does something; else it may pass by itself. */
  readonly isSettled: boolean;
}

const PULL = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'ErrInvalidImageName'];

/** Whether the server in it runs, be it sealed or not. */
export function isRunning(pods: ServerPods, name: string): boolean {
  const pod = pods.pod(name);
  return pod?.metadata.deletionTimestamp === undefined && serverContainer(pods, pod)?.state.running !== undefined;
}

/** @returns undefined for one that runs @throws ClusterUnseen, ClusterRefusal */
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
    trouble(pod, 'does not run yet; see it with "kubectl describe"', false)
  );
}

/** Of pods that were made by what was declared before, which nothing but deleting them has made anew. */
export function outdatedTroubles(pods: ServerPods, troubles: readonly PodTrouble[]): PodTrouble[] {
  const outdated = troubles.map(({ pod }) => pod).filter((pod) => pods.outdated.includes(pod));
  const cure = `${kubectlCommand(pods.server)} delete pod ${outdated.join(' ')}`;
  return troubles.map((trouble) => {
    if (!outdated.includes(trouble.pod)) {
      return trouble;
    }
    // What comes last is what to do, and that has perhaps been done.
    const what = trouble.what.replace(/; (?!.*; ).*$/s, '');
    return {
      ...trouble,
      what: `${what}; but it is of what was declared before, so have it made anew, which loses nothing as it does not serve: ${cure}`,
    };
  });
}

function notCreated(pods: ServerPods, name: string): PodTrouble {
  const set = pods.statefulSet;
  const why = set && pods.warning(set, 'FailedCreate');
  return why === undefined
    ? { pod: name, what: 'is not there yet', isSettled: false }
    : {
        pod: name,
        what: `is not created: ${short(why)}; mend that, the cluster tries again`,
        isSettled: true,
      };
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
          : 'mend that, the cluster tries again'
      }`,
      isOfClass,
    );
  }
  const advice = /affinity/.test(scheduled.message)
    ? 'each node wants a host of its own: add hosts, or say otherwise in vault.server.values.server.affinity'
    : /[Ii]nsufficient (?:memory|cpu)/.test(scheduled.message)
      ? 'add hosts, or ask for less by vault.server.memory and cpu'
      : 'mend that, the cluster tries again';
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
    `cannot pull the image ${found.image} (${reason}: ${lastParts(message)}); correct ${field}, or let the cluster at it`,
    reason !== 'ErrImagePull',
  );
}

function pluginFailed(pod: Pod): PodTrouble | undefined {
  const plugin = pod.status.initContainerStatuses.find(({ name }) => name === 'plugin');
  const end = plugin && lastEnd(plugin);
  if (plugin === undefined || end === undefined || end.exitCode === 0) {
    return undefined;
  }
  // Our own script, which tells a sha256 and no secret.
  const said = lastLineOf(end.message) ?? `its init container ended with ${end.exitCode} (${end.reason})`;
  return trouble(pod, `gets no plugin: ${oneLine(said).slice(0, 500)}`, true);
}

/** The cluster has not even tried to start it. */
function unconfigured(pod: Pod): PodTrouble | undefined {
  const waiting = containers(pod)
    .map(({ state }) => state.waiting)
    .find((state) => /^Create.*Error$|^RunContainerError$/.test(state?.reason ?? ''));
  return waiting === undefined
    ? undefined
    : trouble(
        pod,
        `cannot be started (${waiting.reason}): ${short(waiting.message)}; mend that, the cluster tries again`,
        true,
      );
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
    return trouble(pod, `${what}; mend that, the cluster tries again`, /secret/i.test(why));
  }
  // The cluster tries at ever longer intervals.
  if ((await kubectl.text('get', 'secret', secret, '--ignore-not-found', '--output=name').catch(() => '')) !== '') {
    return trouble(pod, `${what}; it is there by now, and the cluster tries again within two minutes`, false);
  }
  const how = secret === tlsSecretName(pods.server) ? `, as "${commandLine('diff', 'vault-server')}" says` : '';
  return trouble(pod, `${what}; make it in namespace "${pods.server.namespace}"${how}, the cluster tries again`, true);
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
    lastLineOf(end.message) ??
    lastLineOf(await kubectl.text(...log, ...(isOver ? [] : ['--previous'])).catch(() => '')) ??
    'it has said nothing';
  const advice =
    end.reason === 'OOMKilled'
      ? 'give it more by vault.server.memory'
      : `see the rest with "${kubectlCommand(pods.server)} logs ${name} -c ${container.name} --previous"`;
  return trouble(
    pod,
    `stops again and again (${end.reason || 'exit code'} ${end.exitCode}): ${short(said, 300)}; ${advice}`,
    container.restartCount > 0,
  );
}

/** How it ended the last time. */
function lastEnd({ state, lastState }: ContainerStatus) {
  return state.terminated ?? lastState.terminated;
}

function lastLineOf(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
}

/** What it was that failed, in the end: each layer has put its own words before it. */
function lastParts(message: string): string {
  return short(message.split(': ').slice(-2).join(': '));
}

function containers({ status }: Pod): ContainerStatus[] {
  return [...status.initContainerStatuses, ...status.containerStatuses];
}

/** @returns undefined before the host has taken it */
function serverContainer({ server }: ServerPods, pod: Pod | undefined): ContainerStatus | undefined {
  const { container } = CHARTS[server.product];
  return pod?.status.containerStatuses.find(({ name }) => name === container);
}

function trouble({ metadata: { name } }: Pod, what: string, isSettled: boolean): PodTrouble {
  return { pod: name, what, isSettled };
}
