import type { SealDeclaration } from '../../lib/declaration/schema/server/seal-declaration';
import type { ProductionServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { sealStanzas } from './seal-stanza';

type DeclaredSettings = Pick<
  ProductionServerDeclaration,
  'product' | 'disableMlock' | 'prometheusRetentionSeconds' | 'ui' | 'logLevel'
>;

/** Files and folders are absolute paths as the server sees them. */
export interface ServerConfigurationProps extends Readonly<DeclaredSettings> {
  /** Name of this node in the Raft cluster. It never changes. */
  readonly nodeId: string;
  /** Name of the cluster, as in its metrics. @default - the server makes one up */
  readonly clusterName?: string;
  /** Address of this node for clients and the other nodes, https. */
  readonly apiAddr: string;
  /** Address of this node for Raft among the nodes, https. */
  readonly clusterAddr: string;
  /** Listening address for clients, host and port. @default "0.0.0.0:8200" */
  readonly address?: string;
  /** Listening address for the other nodes, host and port. @default "0.0.0.0:8201" */
  readonly clusterAddress?: string;
  /** Its certificate, then those between it and the CA. PEM. */
  readonly tlsCertFile: string;
  /** Private key of that certificate. PEM. */
  readonly tlsKeyFile: string;
  /** Folder of the Raft storage: all data of this node. */
  readonly raftPath: string;
  /** Raft's patience, 1 to 10: the higher, the later a dead leader is noticed. @default 1 (for production, says Vault) */
  readonly performanceMultiplier?: number;
  /** API addresses of the other nodes, which a node asks for the leader. @default - a cluster of this node alone */
  readonly retryJoin?: readonly string[];
  /** PEM file of the CA of all nodes, as each node sees it. @default - the system's CAs */
  readonly leaderCaCertFile?: string;
  /** Folder of the plugin binaries; not a symbolic link. */
  readonly pluginDirectory: string;
  /**
   * Audit log, or "stdout". It is the same on all nodes: a node that cannot open it cannot become the leader.
   * OpenBao takes it from here; Vault is told by its API, see `auditFilePath`.
   */
  readonly auditFilePath: string;
  /** @default - Shamir's: people unseal it */
  readonly seal?: SealDeclaration;
  /** Tells clients which node leads: Kubernetes, by labels of the pods. @default - nothing does */
  readonly serviceRegistration?: 'kubernetes';
}

/** Settings of one node. The others are the same on all nodes. */
type NodeProps = 'nodeId' | 'apiAddr' | 'clusterAddr';

export interface ClusterConfigurationProps extends Omit<ServerConfigurationProps, NodeProps | 'retryJoin'> {
  /** A node may replace common settings with its own. */
  readonly nodes: readonly (Pick<ServerConfigurationProps, NodeProps> & Partial<ServerConfigurationProps>)[];
}

/**
 * The configuration of one Vault or OpenBao server for production: TLS only, Raft storage, audit, no secret.
 *
 * It is plain data, for a container, a Kubernetes ConfigMap or a file. The declaration is checked before.
 *
 * @see https://openbao.org/docs/configuration/
 * @see https://developer.hashicorp.com/vault/docs/configuration
 */
export class ServerConfiguration {
  readonly nodeId: string;
  readonly apiAddr: string;
  readonly auditFilePath: string;
  readonly #settings: Readonly<Record<string, unknown>>;

  constructor(props: ServerConfigurationProps) {
    const { nodeId, apiAddr, auditFilePath, clusterName, retryJoin = [], seal, serviceRegistration } = props;
    const ca = props.leaderCaCertFile === undefined ? {} : { leader_ca_cert_file: props.leaderCaCertFile };
    this.nodeId = nodeId;
    this.apiAddr = apiAddr;
    this.auditFilePath = auditFilePath;
    const isOpenBao = props.product === 'openbao';
    this.#settings = {
      ...(clusterName === undefined ? {} : { cluster_name: clusterName }),
      api_addr: apiAddr,
      cluster_addr: props.clusterAddr,
      listener: [
        {
          tcp: {
            address: props.address ?? '0.0.0.0:8200',
            cluster_address: props.clusterAddress ?? '0.0.0.0:8201',
            tls_cert_file: props.tlsCertFile,
            tls_key_file: props.tlsKeyFile,
            tls_min_version: 'tls12',
            // A renewed certificate is used without a restart, which might mean people to unseal it. Vault: by SIGHUP.
            ...(isOpenBao ? { tls_auto_reload: true } : {}),
            telemetry: { unauthenticated_metrics_access: false },
          },
        },
      ],
      storage: {
        raft: {
          path: props.raftPath,
          node_id: nodeId,
          performance_multiplier: props.performanceMultiplier ?? 1,
          ...(retryJoin.length === 0
            ? {}
            : { retry_join: retryJoin.map((address) => ({ leader_api_addr: address, ...ca })) }),
        },
      },
      plugin_directory: props.pluginDirectory,
      ...(isOpenBao
        ? { audit: [{ type: 'file', path: 'file/', options: { file_path: auditFilePath } }] }
        : // Vault requires it with Raft since 1.20; OpenBao does not know it.
          { disable_mlock: props.disableMlock ?? true }),
      // A standby that reads an expired token would refresh it at Webex and could not store the answer. If Webex
      // rotates refresh tokens, that loses the grant, so only the leader reads.
      [isOpenBao ? 'disable_standby_reads' : 'disable_performance_standby']: true,
      ...(seal === undefined ? {} : sealStanzas(seal)),
      ...(serviceRegistration === undefined ? {} : { service_registration: { [serviceRegistration]: {} } }),
      telemetry: { prometheus_retention_time: `${props.prometheusRetentionSeconds}s`, disable_hostname: true },
      ui: props.ui,
      log_level: props.logLevel,
      log_format: 'json',
    };
  }

  /** Configurations of the nodes of one Raft cluster, each of which joins the others. */
  static ofCluster({ nodes, ...common }: ClusterConfigurationProps): ServerConfiguration[] {
    return nodes.map((node) => {
      const retryJoin = nodes.filter((other) => other !== node).map(({ apiAddr }) => apiAddr);
      return new ServerConfiguration({ ...common, ...node, retryJoin });
    });
  }

  /** As `-config`, `VAULT_LOCAL_CONFIG` and `BAO_LOCAL_CONFIG` take it. */
  toJson(): string {
    return JSON.stringify(this.#settings, undefined, 2);
  }
}
