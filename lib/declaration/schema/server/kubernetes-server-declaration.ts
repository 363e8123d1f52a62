import { z } from 'zod';
import { chartValues } from './chart-values';
import { described, httpsBaseUrl, strictObject, wholeNumber, type Fields, type StrictObject } from '../fields';
import { hostOf } from '../host-name';
import { bytes, processors } from '../quantity';
import { sealDeclaration } from './seal-declaration';
import { clusterServerFields, imageReference, TAGGED_IMAGE, taggedImageProblem } from './server-fields';

/*
 * A server of three or five nodes that the official chart runs on Kubernetes. Names are names of objects in its namespace.
 */

/** A DNS label that leaves room for the suffixes of pods, whose names are host names. */
const objectName = z.string().regex(/^(?=.{1,40}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/, {
  error: ({ input }) =>
    `must be at most 40 lower-case letters, digits or "-", and begin with a letter, got "${String(input)}"; rename it`,
});

const secretName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, {
  error: ({ input }) => `must be the name of an object of Kubernetes, got "${String(input)}"; rename it`,
});

const fileName = z.string().regex(/^[A-Za-z0-9._-]+$/, {
  error: ({ input }) => `must be a name without folders, got "${String(input)}"`,
});

const chart = strictObject({
  /** Repository of a mirror, as `https://...` or `oci://...`. @default - the vendor's */
  repository: z
    .string()
    .regex(/^(?:https|oci):\/\/\S+$/, {
      error: ({ input }) =>
        `must be like "https://charts.example.com" or "oci://registry.example.com/charts", got "${String(input)}"`,
    })
    .optional(),
  /** Chart on this machine: its folder, or its archive under Helm's name. @default - it is fetched */
  path: z.string().min(1).optional(),
  /** Hex sha256 of that archive, checked before any change. @default - any content is accepted */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .optional(),
});

const tlsSecret = strictObject({
  /** Secret, as cert-manager writes it. @default - the release's name with "-tls" behind it */
  secretName: secretName.optional(),
  /** The server's certificate in it, then those between it and the CA. @default "tls.crt" */
  certFile: fileName.default('tls.crt'),
  /** @default "tls.key" */
  keyFile: fileName.default('tls.key'),
  /** The CA that signed it; null: one that every system knows. @default "ca.crt" */
  caFile: fileName.nullable().default('ca.crt'),
});

const storage = strictObject({
  /** Data of each node, in Kubernetes' notation. @default "10Gi" */
  data: bytes('1Gi').default('10Gi'),
  /**
   * Audit log of each node, if it is in a volume, in Kubernetes' notation. A server that cannot write its audit log does not
   * answer. @default "10Gi"
   */
  audit: bytes('1Gi').default('10Gi'),
  /** @default - the cluster's default */
  storageClass: secretName.optional(),
});

const environmentSecret = strictObject({
  /** Variable, such as BAO_TOKEN. */
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
    error: ({ input }) => `must be the name of a variable, got "${String(input)}"`,
  }),
  secretName,
  secretKey: fileName,
});

const monitoring = strictObject({
  /** Labels by which the cluster's Prometheus selects rules and monitors. @default { release: 'prometheus' } */
  labels: z.record(z.string(), z.string()).default({ release: 'prometheus' }),
  /** Secret whose key `token` is a Vault token that may read `sys/metrics`. @default - metrics of the server are not fetched */
  tokenSecret: secretName.optional(),
});

const snapshots = strictObject({
  /** Time, in the notation of cron. @default "17 3 * * *" (once a day) */
  schedule: z
    .string()
    .regex(/^\S+(?: \S+){4}$/, { error: ({ input }) => `must be five fields of cron, got "${String(input)}"` })
    .default('17 3 * * *'),
  /** Host of the S3 API, such as "s3.eu-central-1.amazonaws.com". */
  host: z.string().min(1),
  bucket: z.string().min(1),
  /** Retention. @default 14 */
  days: wholeNumber(1).default(14),
  /** Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
  credentialsSecret: secretName,
});

const taggedImage = imageReference.regex(TAGGED_IMAGE, { error: ({ input }) => taggedImageProblem(input) });

const kubernetesServerFields = {
  mode: z.literal('kubernetes'),
  ...clusterServerFields,
  /** An image with its tag, perhaps with a digest behind the tag. @default - the pinned image of the product */
  image: taggedImage.optional(),
  /** Name of Helm's release, of the pods, with -0, -1 ... behind it, and of the Services. @default "webex-token-vault" */
  releaseName: objectName.default('webex-token-vault'),
  /** Existing namespace, with the Secrets. @default "webex-token-vault" */
  namespace: objectName.default('webex-token-vault'),
  /** Context of the kubeconfig. @default - the current one */
  context: z.string().min(1).optional(),
  /** One of three nodes may fail, or two of five. Each runs on its own host. @default 3 */
  nodes: z
    .union([z.literal(3), z.literal(5)], {
      error: ({ input }) => `must be 3 or 5, got ${described(input)}: of one or two, none may fail`,
    })
    .default(3),
  /** Port of the first node's `kubectl port-forward` on 127.0.0.1; each further one is ten higher. @default 8200 */
  port: wholeNumber(1, 65_495, 'choose one that leaves room for those of further nodes, each ten higher').default(8200),
  /** Ingress or load balancer that passes TLS through, for commands and Terraform. @default - the first port-forward */
  address: httpsBaseUrl.optional(),
  chart: chart.prefault({}),
  /** Image with the plugin, a shell and sha256sum. @default - the server's own image, which has the plugin then */
  pluginImage: taggedImage.optional(),
  /** Folder of the plugin in that image. It is copied whole, so it can hold two versions. @default "/plugins" */
  pluginFolder: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._-]+)+$/, {
      error: ({ input }) => `must be an absolute path in the image, got "${String(input)}"`,
    })
    .default('/plugins'),
  tls: tlsSecret.prefault({}),
  storage: storage.prefault({}),
  /**
   * Place of the audit log: a volume of each node, which must not fill up, or the log of the pod, which the cluster keeps
   * for a while and you collect. @default "volume"
   */
  audit: z
    .enum(['volume', 'stdout'], {
      error: ({ input }) => `must be "volume" or "stdout", got ${described(input)}; use "volume" to keep it`,
    })
    .default('volume'),
  /** Memory of each node, requested and limited alike, in Kubernetes' notation. @default "1Gi" */
  memory: bytes('256Mi').default('1Gi'),
  /** Processors that each node requests, in Kubernetes' notation. It may use more. @default "250m" */
  cpu: processors('10m').default('250m'),
  /** Key files are in `sealSecret`, by their names. @default - Shamir's: people unseal it */
  seal: sealDeclaration.optional(),
  /** Secret for the seal's settings. The pod has its files in `/openbao/seal` or `/vault/seal`. @default - none */
  sealSecret: secretName.optional(),
  /** Variables of a seal in the server's environment. @default - none */
  environmentSecrets: z.array(environmentSecret).readonly().default([]),
  /** Namespaces whose pods may connect to the server, beside its own. @default - all */
  allowedNamespaces: z
    .array(objectName)
    .min(1, 'must name at least one namespace, got []; leave it out to let all of them in')
    .readonly()
    .optional(),
  /** For the Prometheus Operator. @default - none of it */
  monitoring: monitoring.optional(),
  /** Snapshot job of the chart; OpenBao only. @default - none: use "webex-token-vault backup create" */
  snapshots: snapshots.optional(),
  /** Further values of the chart. They hold no secret: Terraform's state and the cluster keep them. */
  values: chartValues.prefault({}),
};

export interface KubernetesServerDeclarationFields extends Fields<typeof kubernetesServerFields> {}

/** Raft on several hosts keeps grants for years, even if one host dies. */
export const kubernetesServerDeclaration: StrictObject<KubernetesServerDeclarationFields> =
  strictObject(kubernetesServerFields);

export type KubernetesServerDeclaration = z.output<typeof kubernetesServerDeclaration>;

type Server = KubernetesServerDeclaration;

/** Names of the pods and of their Raft nodes. */
export function podNames({ releaseName, nodes }: Pick<Server, 'releaseName' | 'nodes'>): string[] {
  return Array.from({ length: nodes }, (_, index) => `${releaseName}-${index}`);
}

/** Host name of a pod in the cluster. */
export function podHost({ releaseName, namespace }: Server, pod: string): string {
  return `${pod}.${releaseName}-internal.${namespace}.svc`;
}

/** Address of the leader for pods of the same cluster. */
export function clusterAddress({ releaseName, namespace }: Server): string {
  return `https://${releaseName}-active.${namespace}.svc:8200`;
}

/** Address of each pod on this machine while its `kubectl port-forward` runs. */
export function forwardedAddresses({ port, nodes }: Pick<Server, 'port' | 'nodes'>): [string, ...string[]] {
  return Array.from({ length: nodes }, (_, index) => `https://127.0.0.1:${port + 10 * index}`) as [string, ...string[]];
}

/** Host names of the nodes' certificate, besides `localhost` and its addresses. */
export function certifiedHosts(server: Server): string[] {
  const { releaseName, namespace, address } = server;
  return [
    ...podNames(server).map((pod) => podHost(server, pod)),
    ...['-active', '-standby', '-internal', ''].map((service) => `${releaseName}${service}.${namespace}.svc`),
    `${releaseName}-active.${namespace}.svc.cluster.local`,
    ...(address === undefined ? [] : [hostOf(address)]),
  ];
}

export function tlsSecretName({ releaseName, tls }: Server): string {
  return tls.secretName ?? `${releaseName}-tls`;
}

/** Login of the chart's snapshot job: the name of its service account and role, and its auth method. */
export function snapshotAccount({ releaseName }: Server) {
  return { name: `${releaseName}-snapshot`, path: 'snapshots', audience: 'webex-token-vault' };
}
