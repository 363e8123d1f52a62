import { deliver, DELIVERER_NAMES, type DelivererName } from '../../lib/apps/delivery/deliverers/deliverers';
import { COMPANION_NAMES, companionManifests } from '../../lib/companions/companions';
import { exampleCompanion } from '../fixtures/declarations/companion';
import { exampleDelivery } from '../fixtures/declarations/delivery';
import { chartUnavailable } from '../fixtures/kubernetes/manifests/charts';
import { ControlPlane, controlPlaneUnavailable } from '../fixtures/kubernetes/control-plane';
import { declaredChart, type KubernetesServerInput } from '../fixtures/kubernetes/manifests/declared-chart';
import { operatorDefinitions, operatorUnavailable, type Operator } from '../fixtures/kubernetes/manifests/operators';
import { describeUnless } from '../fixtures/runs/left-out';

const declared: Partial<KubernetesServerInput> = {
  nodes: 5,
  monitoring: { labels: { release: 'prometheus' }, tokenSecret: 'prometheus-token' },
};
/** Charts with the resource definitions of each deliverer. */
const OPERATORS: Partial<Record<DelivererName, Operator>> = {
  'external-secrets': 'external-secrets',
  'vault-secrets-operator': 'vault-secrets-operator',
  csi: 'secrets-store-csi-driver',
};
const snapshots = { host: 's3.example.com', bucket: 'snapshots', credentialsSecret: 's3' };

describeUnless(controlPlaneUnavailable())('a real API server', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await plane.define(await operatorDefinitions('prometheus-operator'));
    await plane.kubectl(['create', 'namespace', 'webex-token-vault']);
  });

  afterAll(() => plane[Symbol.asyncDispose]());

  describe.each([
    ['openbao', { ...declared, snapshots }],
    ['vault', declared],
  ] as const)('a declared server of %s', (product, input) => {
    describeUnless(chartUnavailable(product))('with its chart', () => {
      it('the API server accepts the rendered chart', async () => {
        expect(await plane.dryRun(await declaredChart(product, input))).toEqual([]);
      });
    });
  });

  describe.each(DELIVERER_NAMES)('pods that get their tokens by %s', (name) => {
    const operator = OPERATORS[name];
    describeUnless(operator && operatorUnavailable(operator))('with the operator of the cluster', () => {
      it('the API server accepts the printed manifests', async () => {
        if (operator !== undefined) {
          await plane.define(await operatorDefinitions(operator));
        }
        const pods = { serviceAccounts: ['people-me'], namespaces: ['default'] };
        expect(await plane.dryRun(deliver(name, exampleDelivery(pods)))).toEqual([]);
      });
    });
  });

  it.each(COMPANION_NAMES)('the API server accepts the printed manifests of %s', async (command) => {
    expect(
      await plane.dryRun(companionManifests(command, exampleCompanion({ verify: command !== 'recover' }))),
    ).toEqual([]);
  });

  it('the API server refuses an unknown field', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'default' } };
    const problems = await plane.dryRun(JSON.stringify({ ...service, spec: { ports: [{ port: 1, misspelt: 1 }] } }));
    expect(problems.join()).toContain('unknown field "spec.ports[0].misspelt"');
  });
});
