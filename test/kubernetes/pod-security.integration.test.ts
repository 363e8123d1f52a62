import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { deliver, DELIVERER_NAMES } from '../../lib/apps/delivery/deliverers/deliverers';
import { COMPANION_NAMES, companionManifests } from '../../lib/companions/companions';
import { exampleCompanion } from '../fixtures/declarations/companion';
import { exampleDelivery } from '../fixtures/declarations/delivery';
import { chartUnavailable } from '../fixtures/kubernetes/manifests/charts';
import { ControlPlane, controlPlaneUnavailable } from '../fixtures/kubernetes/control-plane';
import { declaredChart, type KubernetesServerInput } from '../fixtures/kubernetes/manifests/declared-chart';
import { describeUnless } from '../fixtures/runs/left-out';

/*
 * The admission of a real API server enforces Pod Security "restricted" in the server's namespace. Admission checks
 * only pods. Each test therefore makes the pod that the StatefulSet would make.
 *
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */

const NAMESPACE = 'webex-token-vault';

const statefulSet = z.object({
  kind: z.literal('StatefulSet'),
  spec: z.object({
    template: z.object({ spec: z.looseObject({ volumes: z.array(z.unknown()) }) }),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]),
  }),
});

const containers = z.array(z.looseObject({ securityContext: z.looseObject({}) }));
const template = z.object({ spec: z.looseObject({ containers, initContainers: containers.optional() }) });
const podsOf = z.union([
  z.object({ kind: z.literal('Deployment'), spec: z.object({ template }) }).transform(({ spec }) => spec.template.spec),
  z
    .object({
      kind: z.literal('CronJob'),
      spec: z.object({ jobTemplate: z.object({ spec: z.object({ template }) }) }),
    })
    .transform(({ spec }) => spec.jobTemplate.spec.template.spec),
]);

describeUnless(controlPlaneUnavailable())('a namespace that enforces Pod Security "restricted"', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await plane.kubectl(['create', 'namespace', NAMESPACE]);
    await plane.kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
  });
  afterAll(() => plane[Symbol.asyncDispose]());

  describe.each(['openbao', 'vault'] as const)('and a declared server of %s', (product) => {
    describeUnless(chartUnavailable(product))('with its chart', () => {
      it("the namespace admits the server's pod", async () => {
        expect(await plane.dryRun(await podOf(product))).toEqual([]);
      });
    });
  });

  it.each(COMPANION_NAMES)('the namespace admits the pod of %s', async (command) => {
    const file = companionManifests(command, exampleCompanion({ namespace: NAMESPACE }));
    expect(await plane.dryRun(podIn(specOf(file)))).toEqual([]);
  });

  it.each(DELIVERER_NAMES)('the namespace admits the pod of an app that gets its tokens by %s', async (name) => {
    expect(await plane.dryRun(podIn(specOf(deliver(name, delivery))))).toEqual([]);
  });

  it('the namespace refuses a sidecar that may run as root', async () => {
    const { initContainers = [], ...spec } = specOf(deliver('proxy', delivery));
    const asRoot = initContainers.map((each) => ({
      ...each,
      securityContext: { ...each.securityContext, runAsNonRoot: false, runAsUser: 0 },
    }));
    const problems = await plane.dryRun(podIn({ ...spec, initContainers: asRoot }));
    expect(problems.join()).toMatch(/violates PodSecurity "restricted:latest": .*"webex-proxy-testauth".*runAsUser=0/);
  });

  describeUnless(chartUnavailable('vault'))('and a declared server of vault with its chart', () => {
    it('the namespace refuses the pod that locks its memory', async () => {
      const problems = await plane.dryRun(await podOf('vault', { ipcLock: true }));
      expect(problems.join()).toMatch(/violates PodSecurity "restricted:latest": unrestricted capabilities .*IPC_LOCK/);
    });
  });
});

const delivery = exampleDelivery({ serviceAccounts: ['people-me'], namespaces: [NAMESPACE] });

/** The pods of the first Deployment or CronJob. */
function specOf(manifests: string): z.output<typeof podsOf> {
  const [spec] = parseAllDocuments(manifests).flatMap((each) => podsOf.safeParse(each.toJS()).data ?? []);
  if (spec === undefined) {
    throw new Error(`there is no pod in ${manifests}`);
  }
  return spec;
}

/** JSON of a pod. */
function podIn(spec: object): string {
  const metadata = { name: 'pod', namespace: NAMESPACE };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
}

/** JSON of the first pod of the rendered StatefulSet. */
async function podOf(product: 'openbao' | 'vault', input: Partial<KubernetesServerInput> = {}): Promise<string> {
  const documents = parseAllDocuments(await declaredChart(product, input)).map((each) => each.toJS() as unknown);
  const [set] = documents.flatMap((each) => statefulSet.safeParse(each).data ?? []);
  if (set === undefined) {
    throw new Error(`the chart of ${product} rendered no StatefulSet`);
  }
  const { template, volumeClaimTemplates } = set.spec;
  const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-0` },
  }));
  const spec = { ...template.spec, volumes: [...template.spec.volumes, ...claims] };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'server-0', namespace: NAMESPACE }, spec });
}
