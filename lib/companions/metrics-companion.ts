import type { Manifest } from '../kubernetes/manifest';
import type { Companion, CompanionKind } from './companion';
import { labelsOf, programPod, selectorOf } from './program-pod';

const PORT = 18200;
const PORT_NAME = 'metrics';

/** Serves the metrics to Prometheus. */
export const metricsCompanion: CompanionKind = {
  operators: ['observer'],
  notes: ({ serviceMonitor }) => [
    'Everybody who reaches the pod can read the metrics. They have no secret and no email.',
    ...(serviceMonitor
      ? ['The ServiceMonitor needs the Prometheus Operator. Print without it by --no-service-monitor.']
      : []),
  ],
  manifests: (companion, name) => [
    server(companion, name),
    service(companion, name),
    ...(companion.serviceMonitor ? [monitor(companion, name)] : []),
  ],
};

function server(companion: Companion, name: string): Manifest {
  const { namespace, verify } = companion;
  const labels = labelsOf(name);
  const probe = (path: string, more: object) => ({ httpGet: { path, port: PORT_NAME }, timeoutSeconds: 5, ...more });
  const serving = {
    ports: [{ name: PORT_NAME, containerPort: PORT }],
    // A process whose looks are stuck is restarted. A bad result of a look restarts nothing.
    livenessProbe: probe('/healthz', { periodSeconds: 20, failureThreshold: 3 }),
    // The pod is ready when its first look has ended.
    readinessProbe: probe('/metrics', { periodSeconds: 5 }),
  };
  const args = ['metrics', '--serve', `0.0.0.0:${PORT}`, ...(verify ? ['--verify'] : [])];
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      // Two pods would report each series twice.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorOf(name) },
      template: programPod(companion, name, { args, operators: metricsCompanion.operators, serving }),
    },
  };
  return { object, comment: ['Looks every minute, however often it is scraped.'] };
}

function service({ namespace }: Companion, name: string): Manifest {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      selector: selectorOf(name),
      ports: [{ name: PORT_NAME, port: PORT, targetPort: PORT_NAME }],
    },
  };
  return { object };
}

function monitor({ namespace, deployment }: Companion, name: string): Manifest {
  const { server: declared } = deployment.vault;
  const declaredLabels = declared?.mode === 'kubernetes' ? declared.monitoring?.labels : undefined;
  const object = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name, namespace, labels: { ...labelsOf(name), ...(declaredLabels ?? { release: 'prometheus' }) } },
    spec: {
      jobLabel: 'app.kubernetes.io/part-of',
      selector: { matchLabels: selectorOf(name) },
      endpoints: [{ port: PORT_NAME, interval: '1m' }],
    },
  };
  return {
    object,
    comment: ['The Prometheus Operator selects it by its labels. Many installations ask for release: <their name>.'],
  };
}
