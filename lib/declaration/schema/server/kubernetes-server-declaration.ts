import { z } from 'zod';
import { chartValues } from './chart-values';
import { described, httpsBaseUrl, strictObject, wholeNumber, type Fields, type StrictObject } from '../fields';
import { hostOf } from '../host-name';
import { bytes, processors } from '../quantity';
import { rules } from '../rules';
import { sealDeclaration } from './seal-declaration';
import { clusterServerFields, imageReference, TAGGED_IMAGE, taggedImageProblem } from './server-fields';

/*
 * A server of three or five nodes, which the official chart runs on Kubernetes. Names are names of objects in its namespace.
 */

/** A DNS label. It leaves room for the suffixes of pods, because their names are host names. */
const objectName = z
  .string()
  .regex(/^(?=.{1,40}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/, {
    error: ({ input }) =>
      `must be at most 40 lower-case letters, digits or "-", and begin with a letter, got "${String(input)}"; rename it`,
  })
  .register(rules, { rule: 'at most 40 lower-case letters, digits or "-"; a letter comes first' });

const secretName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, {
    error: ({ input }) => `must be the name of an object of Kubernetes, got "${String(input)}"; rename it`,
  })
  .register(rules, { rule: 'name of an object of Kubernetes' });

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, {
    error: ({ input }) => `must be a name without folders, got "${String(input)}"`,
  })
  .register(rules, { rule: 'a name without folders' });

const chart = strictObject({
  /** Repository of the chart. @default - the vendor's repository @example 'oci://registry.example.com/charts' */
  repository: z
    .string()
    .regex(/^(?:https|oci):\/\/\S+$/, {
      error: ({ input }) =>
        `must be like "https://charts.example.com" or "oci://registry.example.com/charts", got "${String(input)}"`,
    })
    .register(rules, { rule: 'an `https://` or `oci://` URL' })
    .optional()
    .register(rules, { rule: 'not with `path`' }),
  /**
   * Chart on this machine: its folder, or its archive with the name that Helm gives it.
   * @default - Helm fetches the chart
   * @example 'charts/openbao-0.29.2.tgz'
   */
  path: z.string().min(1).optional().register(rules, { rule: 'not with `repository`' }),
  /**
   * Sha256 of the archive. A deploy checks it before any change.
   * @default - any content is accepted
   * @example 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'
   */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .register(rules, { rule: '64 lower-case hex digits' })
    .optional()
    .register(rules, { rule: 'only with `path`' }),
});

const tlsSecret = strictObject({
  /**
   * Name of the Secret, as cert-manager writes it.
   * @default - `releaseName` with "-tls" at its end
   * @example 'vault-server-cert'
   */
  secretName: secretName.optional(),
  /** Key of the server's certificate, followed by the intermediate certificates. @default "tls.crt" @example 'fullchain.pem' */
  certFile: fileName.default('tls.crt'),
  /** Key of the private key. @default "tls.key" @example 'privkey.pem' */
  keyFile: fileName.default('tls.key'),
  /** Key of the CA that signed the certificate. null means a CA that every system trusts. @default "ca.crt" @example null */
  caFile: fileName.nullable().default('ca.crt'),
});

const storage = strictObject({
  /** Size of each node's volume for data. @default "10Gi" @example '20Gi' */
  data: bytes('1Gi').default('10Gi'),
  /**
   * Size of each node's volume for the audit log, if `audit` is "volume". A server that cannot write its audit log answers no
   * request.
   * @default "10Gi"
   * @example '50Gi'
   */
  audit: bytes('1Gi').default('10Gi'),
  /** Storage class of the volumes. @default - the default of the cluster @example 'fast-ssd' */
  storageClass: secretName.optional(),
});

const environmentSecret = strictObject({
  /** Name of the variable. @example 'BAO_TOKEN' */
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
      error: ({ input }) => `must be the name of a variable, got "${String(input)}"`,
    })
    .register(rules, { rule: 'letters, digits or "_"; no digit comes first' }),
  /** Name of the Secret that has the value. @example 'vault-seal' */
  secretName,
  /** Key of the value in the Secret. @example 'token' */
  secretKey: fileName,
});

const monitoring = strictObject({
  /** Labels that the Prometheus Operator selects rules and monitors by. @default { release: 'prometheus' } @example { team: 'collaboration' } */
  labels: z.record(z.string(), z.string()).default({ release: 'prometheus' }),
  /**
   * Name of the Secret with key `token`: a Vault token that may read `sys/metrics`.
   * @default - Prometheus does not read the metrics of the server
   * @example 'vault-metrics-token'
   */
  tokenSecret: secretName.optional(),
});

const snapshots = strictObject({
  /** Times of the snapshots, as five fields of cron. @default "17 3 * * *" (once a day) @example '30 2 * * *' */
  schedule: z
    .string()
    .regex(/^\S+(?: \S+){4}$/, { error: ({ input }) => `must be five fields of cron, got "${String(input)}"` })
    .register(rules, { rule: 'five fields of cron' })
    .default('17 3 * * *'),
  /** Host of the S3 API. @example 's3.eu-central-1.amazonaws.com' */
  host: z.string().min(1),
  /** Name of the bucket. @example 'vault-snapshots' */
  bucket: z.string().min(1),
  /** Days that a snapshot is kept. @default 14 @example 30 */
  days: wholeNumber(1).default(14),
  /** Name of the Secret with keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. @example 'snapshot-bucket' */
  credentialsSecret: secretName,
});

const taggedImage = imageReference
  .regex(TAGGED_IMAGE, { error: ({ input }) => taggedImageProblem(input) })
  .register(rules, { rule: 'an image with its tag; a digest after the tag is allowed' });

const kubernetesServerFields = {
  /** Mode of the server: on several hosts of Kubernetes, sealed, TLS only. @example 'kubernetes' */
  mode: z.literal('kubernetes'),
  ...clusterServerFields,
  /**
   * Image of the server, with its tag. With a digest after the tag, no other image can run.
   * @default - the pinned image of the product
   * @example 'registry.example.com/openbao-oauthapp:2.7.2'
   */
  image: taggedImage.optional(),
  /**
   * Name of Helm's release. The Services have names that begin with it, and so have the pods: with -0, -1 and so on.
   * @default "webex-token-vault"
   * @example 'vault'
   */
  releaseName: objectName.default('webex-token-vault'),
  /** Namespace of the server. It must exist, with the Secrets. @default "webex-token-vault" @example 'vault' */
  namespace: objectName.default('webex-token-vault'),
  /** Context of the kubeconfig. @default - the current context @example 'production' */
  context: z.string().min(1).optional(),
  /**
   * Number of nodes. Each runs on a host of its own. One of three nodes may fail, or two of five.
   * @default 3
   * @example 5
   */
  nodes: z
    .union([z.literal(3), z.literal(5)], {
      error: ({ input }) =>
        `must be 3 or 5, got ${described(input)}, because one or two nodes tolerate no failure; use 3`,
    })
    .default(3),
  /**
   * Port on 127.0.0.1 for the first node's `kubectl port-forward`. The port of each further node is ten higher.
   * @default 8200
   * @example 8300
   */
  port: wholeNumber(1, 65_495, 'choose a lower one, because the port of each further node is ten higher').default(8200),
  /**
   * Address that commands and Terraform use: an ingress or a load balancer that passes TLS through.
   * @default - the `kubectl port-forward` of the first node
   * @example 'https://vault.example.com'
   */
  address: httpsBaseUrl.optional(),
  /** The chart. @example { repository: 'oci://registry.example.com/charts' } */
  chart: chart.prefault({}),
  /**
   * Image with the plugin, a shell and sha256sum. Each release has one, named `webex-token-vault-plugin`.
   * @default - the server's image, which then has the plugin
   * @example 'registry.example.com/webex-token-vault-plugin:1.0.0'
   */
  pluginImage: taggedImage.optional(),
  /**
   * Folder of the plugin in the image. The pods copy the whole folder, so it can hold two versions.
   * @default "/plugins"
   * @example '/opt/plugins'
   */
  pluginFolder: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._-]+)+$/, {
      error: ({ input }) => `must be an absolute path in the image, got "${String(input)}"`,
    })
    .register(rules, { rule: 'an absolute path' })
    .default('/plugins'),
  /** The Secret with the certificate of the server, its key and its CA. @example { secretName: 'vault-server-cert' } */
  tls: tlsSecret.prefault({}),
  /** The volumes of each node. @example { data: '20Gi', storageClass: 'fast-ssd' } */
  storage: storage.prefault({}),
  /**
   * Place of the audit log. The volume of each node ("volume") must not fill up. The cluster keeps the log of a pod ("stdout")
   * for a limited time, so you collect it.
   * @default "volume"
   * @example 'stdout'
   */
  audit: z
    .enum(['volume', 'stdout'], {
      error: ({ input }) => `must be "volume" or "stdout", got ${described(input)}; use "volume" to keep it`,
    })
    .default('volume'),
  /** Memory of each node: both the request and the limit. @default "1Gi" @example '512Mi' */
  memory: bytes('256Mi').default('1Gi'),
  /** Processors that each node requests. A node may use more. @default "250m" @example '1' */
  cpu: processors('10m').default('250m'),
  /**
   * Seal of the server, for auto-unseal. Its key files are in `sealSecret`, by their names.
   * @default - Shamir's seal: people unseal the server
   * @example { type: 'transit', address: 'https://seal.example.com:8200', keyName: 'unseal' }
   */
  seal: sealDeclaration.optional(),
  /**
   * Name of the Secret with files of the seal. The pod has them in `/openbao/seal` or `/vault/seal`.
   * @default - none
   * @example 'vault-seal'
   */
  sealSecret: secretName.optional().register(rules, { rule: 'required with a static seal' }),
  /**
   * Variables for the server's environment, such as the token of a seal. Each is in a Secret.
   * @default []
   * @example [{ name: 'BAO_TOKEN', secretName: 'vault-seal', secretKey: 'token' }]
   */
  environmentSecrets: z.array(environmentSecret).readonly().default([]),
  /**
   * Other namespaces whose pods may connect to the server.
   * @default - all namespaces
   * @example ['reports']
   */
  allowedNamespaces: z
    .array(objectName)
    .min(1, 'must name at least one namespace, got []; leave it out to let all of them in')
    .readonly()
    .optional(),
  /** Objects for the Prometheus Operator. @default - none @example { tokenSecret: 'vault-metrics-token' } */
  monitoring: monitoring.optional(),
  /**
   * Snapshot job of the chart.
   * @default - none: schedule `webex-token-vault backup create`
   * @example { host: 's3.eu-central-1.amazonaws.com', bucket: 'vault-snapshots', credentialsSecret: 'snapshot-bucket' }
   */
  snapshots: snapshots.optional().register(rules, { rule: 'for product "openbao" only' }),
  /**
   * Further values of the chart. They must hold no secret, because Terraform's state and the cluster keep them.
   * @example { server: { priorityClassName: 'system-cluster-critical' } }
   * @see https://github.com/openbao/openbao-helm/tree/main/charts/openbao#values
   */
  values: chartValues.prefault({}),
};

export interface KubernetesServerDeclarationFields extends Fields<typeof kubernetesServerFields> {}

/** A server on several hosts. It keeps grants for years, even if a host is lost. */
export const kubernetesServerDeclaration: StrictObject<KubernetesServerDeclarationFields> =
  strictObject(kubernetesServerFields);

export type KubernetesServerDeclaration = z.output<typeof kubernetesServerDeclaration>;

type Server = KubernetesServerDeclaration;

/** Names of the pods, which are also the names of their Raft nodes. */
export function podNames({ releaseName, nodes }: Pick<Server, 'releaseName' | 'nodes'>): string[] {
  return Array.from({ length: nodes }, (_, index) => `${releaseName}-${index}`);
}

/** Host name of a pod in the cluster. */
export function podHost({ releaseName, namespace }: Server, pod: string): string {
  return `${pod}.${releaseName}-internal.${namespace}.svc`;
}

/** Address of the leader inside the cluster. */
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

/** Login of the chart's snapshot job: the name of both its service account and its role, and its auth method. */
export function snapshotAccount({ releaseName }: Server) {
  return { name: `${releaseName}-snapshot`, path: 'snapshots', audience: 'webex-token-vault' };
}
