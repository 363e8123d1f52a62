import type { Delivery } from './delivery';
import { kubernetesName } from './kubernetes-name';
import type { Manifest } from './manifest';

/** What a pod has beside that which every pod of ours has. */
export interface PodParts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly volumes?: readonly PodVolume[];
}

interface PodVolume {
  readonly name: string;
  readonly source: object;
  /** Where the app's container has it, read-only. @default - it has not */
  readonly mountPath?: string;
}

/** A user that no image gives files to, and root never is. */
const USER = 65532;

/** Of the volume with the token that the app logs in with. */
export const LOGIN_VOLUME = 'vault-login';

/** The file of that token in its volume. */
export const LOGIN_TOKEN_FILE = 'token';

/** In seconds; the kubelet writes it anew after four fifths of that, and it is read at each login. */
const LOGIN_TOKEN_LIFETIME_SECONDS = 3600;

/** A Deployment of the app, as narrow as can be without knowing its image. */
export function appPod(delivery: Delivery, { annotations, env = {}, volumes = [] }: PodParts): Manifest {
  const { app, namespace, serviceAccount, image } = delivery;
  const name = kubernetesName(app.name);
  const labels = { 'app.kubernetes.io/name': name };
  const mounts = volumes.flatMap(({ name: volume, mountPath }) =>
    mountPath === undefined ? [] : [{ name: volume, mountPath, readOnly: true }],
  );
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
          // A Service that is called like one of its variables shall be none of them.
          enableServiceLinks: false,
          // What it has to log in to Vault with is its own, and nothing of it asks the API server.
          automountServiceAccountToken: false,
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name,
              image,
              ...list(
                'env',
                Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
              ),
              ...list('volumeMounts', mounts),
              resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: {
                runAsNonRoot: true,
                runAsUser: USER,
                runAsGroup: USER,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
          ...list(
            'volumes',
            volumes.map(({ name: volume, source }) => ({ name: volume, ...source })),
          ),
        },
      },
    },
  };
  return { comment: [`Replace what is not the app's: its image ("${image}"), command and resources.`], object };
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
