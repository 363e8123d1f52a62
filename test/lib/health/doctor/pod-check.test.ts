import { checkPods } from '../../../../lib/health/doctor/pod-check';
import type { KubernetesServerDeclaration } from '../../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { serverDeclaration } from '../../../../lib/declaration/schema/server/server-declaration';
import { ScriptedKubectl } from '../../../fixtures/kubernetes/scripted-kubectl';

const SERVER = serverDeclaration.parse({
  mode: 'kubernetes',
  namespace: 'vault',
  releaseName: 'bao',
}) as KubernetesServerDeclaration;

let kubectl: ScriptedKubectl;
beforeEach(() => (kubectl = new ScriptedKubectl('--namespace=vault --request-timeout=10s')));
afterEach(() => kubectl[Symbol.dispose]());

function pod(index: number, sealed: boolean, state: object = { running: { startedAt: '2026-11-25T21:47:36Z' } }) {
  const labels = {
    'openbao-initialized': 'true',
    'openbao-sealed': String(sealed),
    'controller-revision-hash': 'bao-1',
  };
  const containerStatuses = [{ name: 'openbao', image: 'bao:1', restartCount: 0, state, lastState: {} }];
  return {
    kind: 'Pod',
    metadata: { name: `bao-${index}`, uid: `uid-bao-${index}`, labels },
    status: { phase: 'Running', conditions: [], initContainerStatuses: [], containerStatuses },
  };
}

function check(...pods: object[]) {
  const set = {
    kind: 'StatefulSet',
    metadata: { name: 'bao', uid: 'uid-bao', generation: 1 },
    status: { observedGeneration: 1, updateRevision: 'bao-1' },
  };
  kubectl.on(
    'get statefulsets,pods,persistentvolumeclaims,events --output=json',
    JSON.stringify({ kind: 'List', items: [set, ...pods] }),
  );
  return checkPods(SERVER, { env: kubectl.environment(), signal: new AbortController().signal });
}

const UNPULLED = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "bao:1": not found' } };

it('the check has no advice if all pods run unsealed', async () => {
  expect(await check(pod(0, false), pod(1, false), pod(2, false))).toEqual({ detail: '3 of 3 run', advice: [] });
});

it('the check names the sealed pod and the command that unseals it', async () => {
  const { detail, advice } = await check(pod(0, false), pod(1, true), pod(2, false));
  expect(detail).toBe('3 of 3 run');
  expect(advice).toEqual([
    {
      kind: 'advice',
      detail: 'pod bao-1 is sealed, so it cannot become active',
      next: 'kubectl -n vault port-forward pod/bao-1 8210:8200; VAULT_ADDR=https://127.0.0.1:8210 npx --no-install webex-token-vault unseal',
    },
  ]);
});

it('the check names the pod that does not run, with the reason, while others run', async () => {
  const { detail, advice } = await check(pod(0, false), pod(1, true, UNPULLED), pod(2, false));
  expect(detail).toBe('2 of 3 run');
  expect(advice).toHaveLength(1);
  expect(advice[0]?.detail).toMatch(/^pod bao-1 .*bao:1/);
});

it('the check fails if no pod runs', async () => {
  const pods = [0, 1, 2].map((index) => pod(index, true, UNPULLED));
  await expect(check(...pods)).rejects.toThrow('pod bao-0 (also bao-1, bao-2)');
});

it('the check is skipped if kubectl is not permitted to look', async () => {
  kubectl.on('get statefulsets,pods,persistentvolumeclaims,events --output=json', {
    exitCode: 1,
    stderr: 'Error from server (Forbidden): pods is forbidden: User "oncall" cannot list resource "pods"',
  });
  const { detail, advice } = await checkPods(SERVER, {
    env: kubectl.environment(),
    signal: new AbortController().signal,
  });
  expect(detail).toMatch(/^not checked: .*Forbidden|forbidden/);
  expect(advice).toEqual([]);
});
