import { kubeconform } from '../fixtures/kubernetes/manifests/kubeconform';
import { operatorUnavailable } from '../fixtures/kubernetes/manifests/operators';
import { describeUnless } from '../fixtures/runs/left-out';

const service = `
apiVersion: v1
kind: Service
metadata: { name: vault, namespace: apps }
spec: { ports: [{ port: 8200, targetPort: https }] }
`;

describe('kubeconform', () => {
  it('kubeconform accepts an object that Kubernetes knows', async () => {
    expect(await kubeconform(service)).toEqual([]);
  });

  it('kubeconform finds misspelled fields at any depth and values of the wrong type in every object', async () => {
    const stateful = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'vault' },
      spec: {
        serviceName: 'vault',
        replicas: '3',
        selector: { matchLabels: { app: 'vault' } },
        template: { spec: { containers: [{ name: 'vault', imagee: 'openbao' }] } },
      },
    };
    const problems = await kubeconform(
      `${service.replace('targetPort', 'targetport')}---\n${JSON.stringify(stateful)}`,
    );
    expect(problems.sort()).toEqual([
      "Service vault: /spec/ports/0: additional properties 'targetport' not allowed",
      'StatefulSet vault: /spec/replicas: got string, want null or integer',
      "StatefulSet vault: /spec/template/spec/containers/0: additional properties 'imagee' not allowed",
    ]);
  });

  it('kubeconform finds an unknown kind', async () => {
    const thing = 'apiVersion: nobody.example/v1\nkind: Thing\nmetadata: { name: a }';
    expect(await kubeconform(thing)).toEqual(['Thing a: could not find schema for Thing']);
  });

  it('kubeconform refuses manifests without an object', async () => {
    await expect(kubeconform('---\n# nothing\n')).rejects.toThrow('no object in the manifests');
  });
});

const apps = { name: 'webex', namespace: 'apps' };

describe.each([
  ['external-secrets', 'external-secrets.io/v1', 'ExternalSecret', { refreshInterval: '1h', dataFrom: [] }],
  [
    'external-secrets',
    'generators.external-secrets.io/v1alpha1',
    'VaultDynamicSecret',
    { path: 'oauthapp/creds/a', provider: { server: 'https://vault', auth: {} } },
  ],
  ['secrets-store-csi-driver', 'secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', { provider: 'vault' }],
  ['cert-manager', 'cert-manager.io/v1', 'Certificate', { secretName: 'tls', issuerRef: { name: 'ca' } }],
  ['prometheus-operator', 'monitoring.coreos.com/v1', 'ServiceMonitor', { endpoints: [], selector: {} }],
  ['prometheus-operator', 'monitoring.coreos.com/v1', 'PrometheusRule', { groups: [] }],
  ['vault-secrets-operator', 'secrets.hashicorp.com/v1beta1', 'VaultConnection', { address: 'https://vault' }],
] as const)('the schemas of %s', (operator, apiVersion, kind, spec) => {
  describeUnless(operatorUnavailable(operator))(`for ${kind}`, () => {
    const manifest = { apiVersion, kind, metadata: apps, spec };

    it('the schema accepts a valid object and finds an unknown field', async () => {
      expect(await kubeconform(JSON.stringify(manifest))).toEqual([]);
      expect(await kubeconform(JSON.stringify({ ...manifest, spec: { ...spec, misspelt: 1 } }))).toEqual([
        `${kind} webex: /spec: additional properties 'misspelt' not allowed`,
      ]);
    });
  });
});
