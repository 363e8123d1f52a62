import { allowVariables } from '../../identity-variables';
import { POD_USER, RESTRICTED_SIDECAR } from '../../../kubernetes/restricted-pod';
import { appPod, variables } from '../app-pod';
import { containerLogin } from '../container-login';
import { TOKENS_FOLDER, type Deliverer, type Delivery } from '../delivery';
import { podProxies, type PodProxy } from '../pod-proxies';

const KEYS_VOLUME = 'webex-keys';

/** A key is 43 bytes, and a file in memory takes a page. */
const KEYS_SIZE = '1Mi';

/** A read that may refresh a token is not cut off: Vault ends it after 90 s, and then the proxy logs out. */
const GRACE_SECONDS = 120;

/**
 * Delivers no token at all. A proxy beside the app's container puts it into each request, so the container holds neither the
 * token nor the identity that reads it.
 *
 * The proxy is a native sidecar: an init container that goes on running. The kubelet starts the app after its startup probe.
 * It restarts the proxy alone, so the key stays the same for the life of the pod.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export const proxySidecar: Deliverer = {
  notes: (delivery) => notesOn(podProxies(delivery)),
  manifests: (delivery) => {
    const proxies = podProxies(delivery);
    const { volume } = containerLogin(delivery);
    const keys = { emptyDir: { medium: 'Memory', sizeLimit: KEYS_SIZE } };
    return [
      appPod(delivery, {
        env: Object.fromEntries(proxies.map(({ variable, url }) => [variable, url])),
        volumes: [
          { name: KEYS_VOLUME, source: keys, mountPath: TOKENS_FOLDER },
          // Only the sidecars mount this volume.
          volume,
        ],
        sidecars: proxies.map((proxy) => sidecar(delivery, proxy)),
        // The sidecar and the app are different users. The files of the volumes belong to a group that both are in.
        fsGroup: POD_USER,
        graceSeconds: GRACE_SECONDS,
      }),
    ];
  },
};

function notesOn(proxies: readonly PodProxy[]): string[] {
  return [
    'The proxy is a native sidecar from the image of this program. It needs Kubernetes 1.29 or later.',
    'Only the sidecar has the identity and the token. The app has the address of the proxy and a key for it.',
    'The key stands where an SDK expects a token. It is the same for the life of a pod:',
    ...proxies.map(({ variable, file }) => `  ${variable}, and the key in ${file}`),
    'A program that takes the key from WEBEX_ACCESS_TOKEN needs a shell, and this command with its own one for PROGRAM:',
    ...proxies.slice(0, 1).map(({ file }) => `  command: [sh, -c, ${exportOf(file)}, sh, PROGRAM]`),
    'All containers of a pod share its network. Everybody who reaches the pod can read the metrics of the proxy, which have no secret.',
  ];
}

function exportOf(file: string): string {
  return `'export WEBEX_ACCESS_TOKEN="$(cat ${file})"; exec "$@"'`;
}

function sidecar(delivery: Delivery, { name, credential, port, metricsPort, file, upstream }: PodProxy): object {
  const { env, volume, mountPath } = containerLogin(delivery);
  const probe = { httpGet: { path: '/healthz', port: metricsPort }, timeoutSeconds: 5 };
  return {
    name,
    image: delivery.proxy.image,
    // The entry point of the image is the other program. Node is the first process and gets the signals.
    command: ['node', '/node_modules/.bin/webex-token'],
    args: [
      ...['proxy', credential, '--listen', `127.0.0.1:${port}`, '--shared-key-file', file],
      ...['--metrics', `0.0.0.0:${metricsPort}`],
      ...(upstream === undefined ? [] : ['--upstream', upstream]),
    ],
    restartPolicy: 'Always',
    env: variables({ ...env, ...allowVariables(delivery.app) }),
    // The name differs in each sidecar: a Service would take the first port of a pod with that name.
    ports: [{ name: `webex-${metricsPort}`, containerPort: metricsPort }],
    // The proxy is healthy once its key is in the file. Until then, the app does not start. A first read may take minutes.
    startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 300 },
    // An outage of Vault or Webex restarts nothing.
    livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 3 },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    volumeMounts: [
      { name: volume.name, mountPath, readOnly: true },
      { name: KEYS_VOLUME, mountPath: TOKENS_FOLDER },
    ],
    securityContext: RESTRICTED_SIDECAR,
  };
}
