import type { Delivery } from './delivery';
import { kubernetesName } from './kubernetes-name';
import type { Manifest } from '../../kubernetes/manifest';
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from '../../kubernetes/restricted-pod';

/** Parts of a pod that only some deliverers need. */
export interface PodParts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly volumes?: readonly PodVolume[];
  /** Containers that start before the app's and end after it. @default - none */
  readonly sidecars?: readonly object[];
  /** Group that owns the volumes, and that all containers are in. @default - the one of the cluster's own rules */
  readonly fsGroup?: number;
  /** Time from SIGTERM to SIGKILL. @default - the 30 s of Kubernetes */
  readonly graceSeconds?: number;
}

interface PodVolume {
  readonly name: string;
  readonly source: object;
  /** Its read-only path in the app's container. @default - it is not mounted there */
  readonly mountPath?: string;
}

/** Name of the volume with the token that the app logs in with. */
export const LOGIN_VOLUME = 'vault-login';

/** The file of that token in its volume. */
export const LOGIN_TOKEN_FILE = 'token';

/** The kubelet renews the token after four fifths of this time. The app reads it at each login. */
const LOGIN_TOKEN_LIFETIME_SECONDS = 3600;

/** A Deployment of the app, with as few rights as any image needs. */
export function appPod(delivery: Delivery, parts: PodParts): Manifest {
  const { annotations, env = {}, volumes = [], sidecars = [], fsGroup, graceSeconds } = parts;
  const { app, namespace, serviceAccount, image } = delivery;
  const name = kubernetesName(app.name);
  const labels = { 'app.kubernetes.io/name': name };
  const mounts = volumes.flatMap(({ name: volume, mountPath }) =>
    mountPath === undefined ? [] : [{ name: volume, mountPath, readOnly: true }],
  );
  const sources = volumes.map(({ name: volume, source }) => ({ name: volume, ...source }));
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...(annotations && { annotations }) },
        spec: {
          serviceAccountName: serviceAccount,
          // A Service with a matching name would otherwise set one of the app's variables.
          enableServiceLinks: false,
          // The login to Vault has a token of its own, and nothing in the pod asks the API server.
          automountServiceAccountToken: false,
          ...(graceSeconds !== undefined && { terminationGracePeriodSeconds: graceSeconds }),
          securityContext: { ...RESTRICTED_POD, ...(fsGroup !== undefined && { fsGroup }) },
          ...list('initContainers', sidecars),
          containers: [
            {
              name,
              image,
              ...list('env', variables(env)),
              ...list('volumeMounts', mounts),
              resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: RESTRICTED_CONTAINER,
            },
          ],
          ...list('volumes', sources),
        },
      },
    },
  };
  return { comment: [`Replace the image ("${image}"), and add the app's own command and resources.`], object };
}

/** Variables as a container has them. */
export function variables(env: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

/** A token of the service account, for the audience that Vault asks for. */
export function loginToken({ login: { audience } }: Pick<Delivery, 'login'>): object {
  return {
    serviceAccountToken: { audience, expirationSeconds: LOGIN_TOKEN_LIFETIME_SECONDS, path: LOGIN_TOKEN_FILE },
  };
}

function list(field: string, items: readonly object[]): Record<string, readonly object[]> {
  return items.length === 0 ? {} : { [field]: items };
}
