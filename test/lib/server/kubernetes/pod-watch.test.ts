import { serverDeclaration } from '../../../../lib/declaration/schema/server/server-declaration';
import type { KubernetesServerDeclaration } from '../../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { Kubectl } from '../../../../lib/server/kubernetes/kubectl';
import { watchPods, type WatchedPods } from '../../../../lib/server/kubernetes/pod-watch';
import { nextSteps, outdatedLines, troubleLines } from '../../../../lib/server/kubernetes/pod-words';
import { ScriptedKubectl } from '../../../fixtures/kubernetes/scripted-kubectl';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

/* States of OpenBao's chart on Kubernetes 1.37, reduced to the fields that the program reads. */

const LOOK = 'get statefulsets,pods,persistentvolumeclaims,events --output=json';
const SERVER = serverDeclaration.parse({
  mode: 'kubernetes',
  product: 'openbao',
  namespace: 'vault',
  releaseName: 'bao',
}) as KubernetesServerDeclaration;

const RUNNING = { running: { startedAt: '2026-11-25T21:47:36Z' } };
const INITIALIZING = { waiting: { reason: 'PodInitializing' } };

useSleepClock();

let kubectl: ScriptedKubectl;

beforeEach(() => (kubectl = new ScriptedKubectl('--namespace=vault --request-timeout=10s')));
afterEach(() => kubectl[Symbol.dispose]());

interface PodState {
  readonly plugin?: object;
  readonly server?: object;
  readonly lastServer?: object;
  readonly restarts?: number;
  readonly lastPlugin?: object;
  readonly conditions?: object[];
  readonly revision?: string;
  readonly labels?: object;
}

function pod(index: number, state: PodState = {}): object {
  const { plugin = { terminated: { exitCode: 0, reason: 'Completed' } }, server = RUNNING, restarts = 0 } = state;
  const name = `bao-${index}`;
  const common = { restartCount: restarts };
  return {
    kind: 'Pod',
    metadata: {
      name,
      uid: `uid-${name}`,
      labels: { 'controller-revision-hash': state.revision ?? 'bao-1', ...state.labels },
    },
    status: {
      phase: 'Pending',
      conditions: state.conditions ?? [],
      initContainerStatuses: [
        { name: 'plugin', image: 'plugin:1', ...common, state: plugin, lastState: state.lastPlugin ?? {} },
      ],
      containerStatuses: [
        { name: 'openbao', image: 'bao:1', ...common, state: server, lastState: state.lastServer ?? {} },
      ],
    },
  };
}

function warning(kind: string, name: string, reason: string, message: string): object {
  const involvedObject = { kind, name, uid: `uid-${name}` };
  return { kind: 'Event', type: 'Warning', reason, message, involvedObject, lastTimestamp: '2026-11-25T21:42:00Z' };
}

function cluster(...items: object[]): string {
  const set = {
    kind: 'StatefulSet',
    metadata: { name: 'bao', uid: 'uid-bao', generation: 1 },
    status: { observedGeneration: 1, updateRevision: 'bao-1' },
  };
  return JSON.stringify({ kind: 'List', items: [set, ...items] });
}

function watched(...looks: string[]): Promise<WatchedPods> {
  return watchedFor(4000, ...looks);
}

async function watchedFor(timeoutMs: number, ...looks: string[]): Promise<WatchedPods> {
  kubectl.on(LOOK, ...looks);
  const client = new Kubectl(SERVER, { environment: kubectl.environment() });
  return watchPods(client, SERVER, { timeoutMs, pollMs: 50, signal: new AbortController().signal });
}

/** Trouble of one pod while the other two run. */
async function troubleOf(state: PodState, ...more: object[]): Promise<string[]> {
  return troubleLines((await watched(cluster(pod(0, state), pod(1), pod(2), ...more))).troubles);
}

/** The reported lines for a trouble that can pass, and is therefore reported after the timeout. */
async function lastingTroubleOf(state: PodState, ...more: object[]): Promise<string[]> {
  return troubleLines((await watchedFor(400, cluster(pod(0, state), pod(1), pod(2), ...more))).troubles);
}

it('the watch waits until all pods run, and names the next step', async () => {
  const starting = { server: INITIALIZING, plugin: INITIALIZING };
  const seen = await watched(cluster(), cluster(pod(0, starting), pod(1), pod(2)), cluster(pod(0), pod(1), pod(2)));
  expect(seen.troubles).toEqual([]);
  expect(nextSteps(seen.pods)).toEqual([
    'all 3 pods run, and the server is not initialized; keep the port forwards below running, and initialize the first node: npx --no-install webex-token-vault init',
    '  kubectl -n vault port-forward pod/bao-0 8200:8200',
    '  kubectl -n vault port-forward pod/bao-1 8210:8200',
    '  kubectl -n vault port-forward pod/bao-2 8220:8200',
  ]);
});

it('the watch names the sealed pods', async () => {
  const labels = (sealed: boolean) => ({ labels: { 'openbao-initialized': 'true', 'openbao-sealed': String(sealed) } });
  const { pods } = await watched(cluster(pod(0, labels(false)), pod(1, labels(true)), pod(2, labels(false))));
  expect(nextSteps(pods)).toEqual([
    'all 3 pods run; unseal "bao-1", each while its port is forwarded:',
    '  kubectl -n vault port-forward pod/bao-1 8210:8200; VAULT_ADDR=https://127.0.0.1:8210 npx --no-install webex-token-vault unseal',
  ]);
});

it('the watch names the pods that still run the previous declaration', async () => {
  const { pods } = await watched(cluster(pod(0, { revision: 'bao-0' }), pod(1), pod(2, { revision: 'bao-0' })));
  expect(outdatedLines(pods)).toEqual([
    '2 of 3 pods still run an earlier declaration, because nothing restarts them by itself: "bao-0", "bao-2"; docs/tasks/kubernetes-operate.md has the order in which to restart them',
  ]);
});

it("the watch quotes the plugin container's last message once for all pods", async () => {
  const message = `the plugin /plugins/oauthapp of the image must have sha256 ${'a'.repeat(64)}, got ${'b'.repeat(64)}; use the right image\n`;
  const state = {
    plugin: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
    lastPlugin: { terminated: { exitCode: 1, reason: 'Error', message } },
    server: INITIALIZING,
    restarts: 2,
  };
  const { troubles } = await watched(cluster(pod(0, state), pod(1, state), pod(2, state)));
  expect(troubleLines(troubles)).toEqual([`pod bao-0 (also bao-1, bao-2) gets no plugin: ${message.trim()}`]);
});

it('the watch explains how to recreate failing pods of the previous declaration, and omits the fix already declared', async () => {
  const message = 'Back-off pulling image "plugin:1": ErrImagePull: not found';
  const state = {
    plugin: { waiting: { reason: 'ImagePullBackOff', message } },
    server: INITIALIZING,
    revision: 'bao-0',
  };
  const { pods, troubles } = await watched(cluster(pod(0, state), pod(1), pod(2, state)));
  expect(troubleLines(troubles)).toEqual([
    'pod bao-0 (also bao-2) cannot pull the image plugin:1 (ImagePullBackOff: ErrImagePull: not found); it has an earlier declaration, so delete it, which loses nothing, and the cluster creates it again: kubectl -n vault delete pod bao-0 bao-2',
  ]);
  expect(outdatedLines(pods)).toEqual([]);
});

it('the watch reports an image that cannot be pulled', async () => {
  const message =
    'Back-off pulling image "bao:1": ErrImagePull: failed to resolve reference "bao:1": dial tcp: lookup quay.io on 10.0.0.1:53: no such host';
  expect(await troubleOf({ server: { waiting: { reason: 'ImagePullBackOff', message } } })).toEqual([
    'pod bao-0 cannot pull the image bao:1 (ImagePullBackOff: lookup quay.io on 10.0.0.1:53: no such host); correct vault.server.image, or give the cluster access to it',
  ]);
});

it.each([
  [
    '',
    '; create it in namespace "vault", as "npx --no-install webex-token-vault diff vault-server" describes, and the cluster tries again',
  ],
  ['secret/bao-tls\n', '; it exists now, and the cluster tries again within two minutes'],
])('the watch reports a missing Secret and checks whether it is still missing: %j', async (there, advice) => {
  kubectl.on('get secret bao-tls --ignore-not-found --output=name', there);
  const why = 'MountVolume.SetUp failed for volume "tls" : secret "bao-tls" not found';
  const state = { server: INITIALIZING, plugin: INITIALIZING };
  expect(await lastingTroubleOf(state, warning('Pod', 'bao-0', 'FailedMount', why))).toEqual([
    `pod bao-0 has no volume "tls": ${why}${advice}`,
  ]);
});

it.each([
  [
    "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
    'each node needs its own host: add hosts, or change vault.server.values.server.affinity',
  ],
  ['0/1 nodes are available: 1 Insufficient memory.', 'add hosts, or lower vault.server.memory and cpu'],
])('the watch reports a pod without a host: %s', async (message, advice) => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  expect(await lastingTroubleOf({ conditions, server: INITIALIZING })).toEqual([
    `pod bao-0 finds no host: ${message}; ${advice}`,
  ]);
});

it("the watch reports that a volume's storage class does not exist", async () => {
  const message = '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  const claim = {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-bao-0', uid: 'uid-data-bao-0' },
    spec: { storageClassName: 'fast' },
    status: { phase: 'Pending' },
  };
  const why = 'storageclass.storage.k8s.io "fast" not found';
  const state = { conditions: [{ type: 'PodScheduled', status: 'False', message }], server: INITIALIZING };
  expect(
    await troubleOf(state, claim, warning('PersistentVolumeClaim', 'data-bao-0', 'ProvisioningFailed', why)),
  ).toEqual([
    expect.stringMatching(
      /^pod bao-0 gets no volume data-bao-0: storageclass\.storage\.k8s\.io "fast" not found; correct /,
    ),
  ]);
});

it('the watch quotes the last message of a server that crashes repeatedly', async () => {
  kubectl.on(
    'logs bao-0 --container=openbao --tail=20 --previous',
    'starting\nerror loading configuration: no storage\n',
  );
  const state = {
    server: { waiting: { reason: 'CrashLoopBackOff' } },
    lastServer: { terminated: { exitCode: 1, reason: 'Error' } },
    restarts: 3,
  };
  expect(await troubleOf(state)).toEqual([
    'pod bao-0 stops again and again (Error 1): error loading configuration: no storage; see the rest with "kubectl -n vault logs bao-0 -c openbao --previous"',
  ]);
});
