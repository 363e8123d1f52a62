import { rootCertificates } from 'node:tls';
import type { Companion } from '../../../lib/companions/companion';
import { COMPANION_NAMES, companionManifests, type CompanionName } from '../../../lib/companions/companions';
import { exampleCompanion } from '../../fixtures/declarations/companion';
import { kubeconform } from '../../fixtures/kubernetes/manifests/kubeconform';

/* The printed manifests, validated by the schemas of Kubernetes and of the Prometheus Operator. */

const [pem = ''] = rootCertificates;

const variants: [string, Partial<Companion>][] = [
  ['with a CA that a person brings', {}],
  ['with a printed CA', { ca: { secretName: 'theirs', pem } }],
  ['without a CA, in plain HTTP', { ca: undefined, address: 'http://vault.mesh.svc:8200' }],
  ['with each option', { verify: true, name: 'staging', namespace: 'grants', schedule: '17 3 * * *' }],
];

/** Fields that the test misspells. */
const MISSPELT: Record<CompanionName, readonly [kind: string, field: string][]> = {
  metrics: [
    ['Deployment', 'livenessProbe'],
    ['Deployment', 'fsGroup'],
    ['Deployment', 'defaultMode'],
    ['Service', 'targetPort'],
    ['ServiceMonitor', 'jobLabel'],
    ['ServiceAccount', 'automountServiceAccountToken'],
  ],
  status: [
    ['CronJob', 'concurrencyPolicy'],
    ['CronJob', 'activeDeadlineSeconds'],
    ['CronJob', 'secretKeyRef'],
    ['PersistentVolumeClaim', 'accessModes'],
  ],
  recover: [['CronJob', 'startingDeadlineSeconds']],
  consent: [
    ['Deployment', 'httpHeaders'],
    ['Deployment', 'readOnly'],
    ['Service', 'targetPort'],
    ['PersistentVolumeClaim', 'accessModes'],
  ],
};

describe.each(COMPANION_NAMES)('the manifests of %s', (command) => {
  it.each(variants)('the manifests are valid %s', async (_, changes) => {
    expect(await kubeconform(companionManifests(command, exampleCompanion(changes)))).toEqual([]);
  });

  it.each(MISSPELT[command])('the schema refuses a misspelled field of %s: %s', async (kind, field) => {
    const file = companionManifests(command, exampleCompanion());
    const misspelt = file.replaceAll(new RegExp(`\\b${field}:`, 'g'), `${field}s:`);
    expect(misspelt).not.toBe(file);
    expect((await kubeconform(misspelt)).join('\n')).toMatch(new RegExp(`^${kind} .*${field}`, 'm'));
  });
});
