import { rootCertificates } from 'node:tls';
import { deliver, DELIVERER_NAMES, type DelivererName } from '../../../../lib/apps/delivery/deliverers/deliverers';
import type { Delivery } from '../../../../lib/apps/delivery/delivery';
import { exampleDelivery, type KubernetesIdentity } from '../../../fixtures/declarations/delivery';
import { kubeconform } from '../../../fixtures/kubernetes/manifests/kubeconform';
import { operatorUnavailable } from '../../../fixtures/kubernetes/manifests/operators';
import { describeUnless } from '../../../fixtures/runs/left-out';

/*
 * The printed manifests, validated by the schemas of Kubernetes and of the custom resources. The API server does the
 * same. An unknown field is an error.
 */

const [ca = ''] = rootCertificates;
const pods = { serviceAccounts: ['people-me'], namespaces: ['webex'] };
const elsewhere = {
  ...pods,
  cluster: { address: 'https://10.0.0.1', caPem: ca },
  audience: 'https://kubernetes.default.svc.cluster.local',
};
const vault = { address: 'https://vault.example', namespace: 'team/a' };

const variants: [string, KubernetesIdentity, Partial<Delivery>, Parameters<typeof exampleDelivery>[2]][] = [
  ["in Vault's cluster", pods, {}, {}],
  ['in another cluster, with a namespace of Vault', elsewhere, { product: 'vault' }, { vault }],
  ['with the CA', pods, { ca: { secretName: 'theirs', pem: ca } }, {}],
  ['without a CA', pods, { ca: undefined, refreshIntervalSeconds: 90 }, {}],
];

/** Fields that the test misspells. */
const MISSPELT: Record<DelivererName, readonly [kind: string, field: string][]> = {
  client: [
    ['Deployment', 'automountServiceAccountToken'],
    ['Deployment', 'expirationSeconds'],
    ['ClusterRoleBinding', 'roleRef'],
  ],
  proxy: [
    ['Deployment', 'restartPolicy'],
    ['Deployment', 'startupProbe'],
    ['Deployment', 'fsGroup'],
    ['Deployment', 'medium'],
  ],
  'external-secrets': [
    ['VaultDynamicSecret', 'caProvider'],
    ['VaultDynamicSecret', 'serviceAccountRef'],
    ['VaultDynamicSecret', 'audiences'],
    ['ExternalSecret', 'refreshInterval'],
    ['ExternalSecret', 'generatorRef'],
  ],
  'vault-secrets-operator': [
    ['VaultConnection', 'caCertSecretRef'],
    ['VaultConnection', 'timeout'],
    ['VaultAuth', 'audiences'],
    ['VaultDynamicSecret', 'refreshAfter'],
    ['VaultDynamicSecret', 'excludeRaw'],
  ],
  injector: [['Deployment', 'projected']],
  csi: [
    ['SecretProviderClass', 'parameters'],
    ['Deployment', 'volumeAttributes'],
  ],
};

describe.each(DELIVERER_NAMES)('%s', (name) => {
  const reason = name === 'vault-secrets-operator' ? operatorUnavailable(name) : undefined;
  describeUnless(reason)('as the API server takes it', () => {
    it.each(variants)('the manifests are valid %s', async (_, identity, changes, input) => {
      expect(await kubeconform(deliver(name, exampleDelivery(identity, changes, input)))).toEqual([]);
    });

    it.each(MISSPELT[name])('the schema refuses a misspelled field of %s: %s', async (kind, field) => {
      const file = deliver(name, exampleDelivery(elsewhere));
      const misspelt = file.replaceAll(new RegExp(`\\b${field}:`, 'g'), `${field}s:`);
      expect(misspelt).not.toBe(file);
      const problems = await kubeconform(misspelt);
      expect(problems.join('\n')).toMatch(new RegExp(`^${kind} .*${field}`, 'm'));
    });
  });
});
