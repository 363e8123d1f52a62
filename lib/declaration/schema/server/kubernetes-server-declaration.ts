import { z } from 'zod';
import { chartValues } from './chart-values';
import { described, httpsBaseUrl, strictObject, wholeNumber, type Fields, type StrictObject } from '../fields';
import { hostOf } from '../host-name';
import { bytes, processors } from '../quantity';
import { sealDeclaration } from './seal-declaration';
import { clusterServerFields, imageReference, TAGGED_IMAGE, taggedImageProblem } from './server-fields';

/*
 * A server of three or five nodes that the official chart runs on Kubernetes, as `deployment.ts` declares it. Names are
 * those of objects in its namespace.
 */

/** A label of DNS, so short that a pod's name, which is its host name, still is one. */
const objectName = z.string().regex(/^(?=.{1,40}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/, {
  error: ({ input }) =>
    `must be at most 40 lower-case letters, digits or "-", and begin with a letter, got "${String(input)}"; rename it`,
});

const secretName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, {
  error: ({ input }) => `must be the name of an object of Kubernetes, got "${String(input)}"; rename it`,
});

/** A file in a volume, or a key of a Secret: no path. */
const fileName = z.string().regex(/^[A-Za-z0-9._-]+$/, {
  error: ({ input }) => `must be a name without folders, got "${String(input)}"`,
});

const chart = strictObject({
  /** Where charts are kept, as `https://...` or `oci://...`: a mirror. @default - that of the vendor */
  repository: z
    .string()
    .regex(/^(?:https|oci):\/\/\S+$/, {
      error: ({ input }) =>
        `must be like "https://charts.example.com" or "oci://registry.example.com/charts", got "${String(input)}"`,
    })
    .optional(),
  /** The chart on this machine instead: its archive, named as Helm does, or its folder. @default - it is fetched */
  path: z.string().min(1).optional(),
  /** Hex sha256 of that archive, looked at before anything is changed. @default - any content is taken */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .optional(),
});

const tlsSecret = strictObject({
  /** The Secret, as cert-manager writes one. @default - the release's name with "-tls" behind it */
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
   * Audit log of each node, if it is in a volume, in Kubernetes' notation. A server that can write no audit log answers
   * nothing. @default "10Gi"
   */
  audit: bytes('1Gi').default('10Gi'),
  /** @default - the cluster's default */
  storageClass: secretName.optional(),
});

const environmentSecret = strictObject({
  /** Of the variable, such as BAO_TOKEN. */
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
    error: ({ input }) => `must be the name of a variable, got "${String(input)}"`,
  }),
  secretName,
  secretKey: fileName,
});

const monitoring = strictObject({
  /** Labels by which the Prometheus of the cluster finds what is for it. @default { release: 'prometheus' } */
  labels: z.record(z.string(), z.string()).default({ release: 'prometheus' }),
  /** Secret with a Vault token that may read `sys/metrics`, in its key `token`. @default - metrics of the server are not fetched */
  tokenSecret: secretName.optional(),
});

const snapshots = strictObject({
  /** When, in the notation of cron. @default "17 3 * * *" (once a day) */
  schedule: z
    .string()
    .regex(/^\S+(?: \S+){4}$/, { error: ({ input }) => `must be five fields of cron, got "${String(input)}"` })
    .default('17 3 * * *'),
  /** Host of the S3 API, such as "s3.eu-central-1.amazonaws.com". */
  host: z.string().min(1),
  bucket: z.string().min(1),
  /** How long they are kept. @default 14 */
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
  /** It has to be there, with the Secrets. @default "webex-token-vault" */
  namespace: objectName.default('webex-token-vault'),
  /** Which cluster of the kubeconfig. @default - its current context */
  context: z.string().min(1).optional(),
  /** Of three, one may fail, of five, two; each on another host. @default 3 */
  nodes: z
    .union([z.literal(3), z.literal(5)], {
      error: ({ input }) => `must be 3 or 5, got ${described(input)}: of one or two, none may fail`,
    })
    .default(3),
  /** Port on 127.0.0.1 where `kubectl port-forward` ends for the first node; each further one is ten higher. @default 8200 */
  port: wholeNumber(1, 65_495, 'choose one that leaves room for those of further nodes, each ten higher').default(8200),
  /** Of an ingress or a load balancer that passes TLS through, for our commands and Terraform. @default - the first port-forward */
  address: httpsBaseUrl.optional(),
  chart: chart.prefault({}),
  /** Image with the plugin, a shell and sha256sum. @default - the server's own, which then has the plugin in it */
  pluginImage: taggedImage.optional(),
  /** Folder of the plugin in that image; all of it is copied, so that two versions can be there. @default "/plugins" */
  pluginFolder: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._-]+)+$/, {
      error: ({ input }) => `must be an absolute path in the image, got "${String(input)}"`,
    })
    .default('/plugins'),
  tls: tlsSecret.prefault({}),
  storage: storage.prefault({}),
  /**
   * Where requests are audited: in a volume of each node, which somebody has to keep from filling up, or in the log of its
   * pod, which the cluster keeps for a while and you collect. @default "volume"
   */
  audit: z
    .enum(['volume', 'stdout'], {
      error: ({ input }) => `must be "volume" or "stdout", got ${described(input)}; use "volume" to keep it`,
    })
    .default('volume'),
  /** Memory of each node, requested and limited alike, in Kubernetes' notation. @default "1Gi" */
  memory: bytes('256Mi').default('1Gi'),
  /** Processors that each node requests, in Kubernetes' notation; it may use more. @default "250m" */
  cpu: processors('10m').default('250m'),
  /** Its key files are those of `sealSecret`, by their names. @default - Shamir's: people unseal it */
  seal: sealDeclaration.optional(),
  /** Secret whose files the seal's settings can name, as `/openbao/seal/...` or `/vault/seal/...`. @default - none */
  sealSecret: secretName.optional(),
  /** What a seal wants in the server's environment. @default - nothing */
  environmentSecrets: z.array(environmentSecret).readonly().default([]),
  /** Namespaces whose pods may talk to the server, beside its own. @default - all */
  allowedNamespaces: z
    .array(objectName)
    .min(1, 'must name at least one namespace, got []; leave it out to let all of them in')
    .readonly()
    .optional(),
  /** For the Prometheus Operator. @default - none of it */
  monitoring: monitoring.optional(),
  /** The chart's own job; OpenBao only. @default - none: take them by "webex-token-vault backup" */
  snapshots: snapshots.optional(),
  /** More for the chart, in its own words. No secret: Terraform's state and the cluster keep it. */
  values: chartValues.prefault({}),
};

export interface KubernetesServerDeclarationFields extends Fields<typeof kubernetesServerFields> {}

/** Raft on several hosts: to keep grants for years, past the death of one of them. */
export const kubernetesServerDeclaration: StrictObject<KubernetesServerDeclarationFields> =
  strictObject(kubernetesServerFields);

export type KubernetesServerDeclaration = z.output<typeof kubernetesServerDeclaration>;

/** Names of the pods, which are also the names of the Raft nodes. */
export function podNames({ releaseName, nodes }: Pick<KubernetesServerDeclaration, 'releaseName' | 'nodes'>): string[] {
  return Array.from({ length: nodes }, (_, index) => `${releaseName}-${index}`);
}

/** Host name of a pod in the cluster. */
export function podHost(
  { releaseName, namespace }: Pick<KubernetesServerDeclaration, 'releaseName' | 'namespace'>,
  pod: string,
): string {
  return `${pod}.${releaseName}-internal.${namespace}.svc`;
}

/** Where pods of the same cluster reach the leader. */
export function clusterAddress({
  releaseName,
  namespace,
}: Pick<KubernetesServerDeclaration, 'releaseName' | 'namespace'>): string {
  return `https://${releaseName}-active.${namespace}.svc:8200`;
}

/** Where each pod answers on this machine while `kubectl port-forward` runs for it. */
export function forwardedAddresses({
  port,
  nodes,
}: Pick<KubernetesServerDeclaration, 'port' | 'nodes'>): [string, ...string[]] {
  return Array.from({ length: nodes }, (_, index) => `https://127.0.0.1:${port + 10 * index}`) as [string, ...string[]];
}

/** All that the one certificate of the nodes has to be for, besides `localhost` and its addresses. */
export function certifiedHosts(server: KubernetesServerDeclaration): string[] {
  const { releaseName, namespace, address } = server;
  return [
    ...podNames(server).map((pod) => podHost(server, pod)),
    ...['-active', '-standby', '-internal', ''].map((service) => `${releaseName}${service}.${namespace}.svc`),
    `${releaseName}-active.${namespace}.svc.cluster.local`,
    ...(address === undefined ? [] : [hostOf(address)]),
  ];
}

/** The Secret with certificate, key and CA. */
export function tlsSecretName({ releaseName, tls }: Pick<KubernetesServerDeclaration, 'releaseName' | 'tls'>): string {
  return tls.secretName ?? `${releaseName}-tls`;
}

/** As whom the chart's job takes snapshots: its service account, which is also its role, and where it logs in. */
export function snapshotAccount({ releaseName }: Pick<KubernetesServerDeclaration, 'releaseName'>): {
  readonly name: string;
  /** Of the auth method, below `auth/`. */
  readonly path: string;
  readonly audience: string;
} {
  return { name: `${releaseName}-snapshot`, path: 'snapshots', audience: 'webex-token-vault' };
}
