import type { SealDeclaration } from '../../lib/declaration/schema/server/seal-declaration';
import type { ProductionServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { sealStanzas } from './seal-stanza';

type DeclaredSettings = Pick<
  ProductionServerDeclaration,
  'product' | 'disableMlock' | 'prometheusRetentionSeconds' | 'ui' | 'logLevel'
>;

/** Files and folders are absolute paths on the server. */
export interface ServerConfigurationProps extends Readonly<DeclaredSettings> {
  /** Name of this node in the Raft cluster. The name never changes. */
  readonly nodeId: string;
  /** Name of the cluster in its metrics. @default - the server generates one */
  readonly clusterName?: string;
  /** Address of this node for clients and the other nodes, https. */
  readonly apiAddr: string;
  /** Address of this node for Raft among the nodes, https. */
  readonly clusterAddr: string;
  /** Listening address for clients, host and port. @default "0.0.0.0:8200" */
  readonly address?: string;
  /** Listening address for the other nodes, host and port. @default "0.0.0.0:8201" */
  readonly clusterAddress?: string;
  /** The server's certificate, followed by the intermediate certificates. PEM. */
  readonly tlsCertFile: string;
  /** Private key of that certificate. PEM. */
  readonly tlsKeyFile: string;
  /** Folder of the Raft storage: all data of this node. */
  readonly raftPath: string;
  /** Raft's performance multiplier, from 1 to 10. With a higher one, a lost leader is noticed later. @default 1 (as Vault advises) */
  readonly performanceMultiplier?: number;
  /** API addresses of the other nodes. A node asks them for the leader. @default - this node is the whole cluster */
  readonly retryJoin?: readonly string[];
  /** PEM file of the CA that signed all nodes' certificates. @default - the CAs of the system */
  readonly leaderCaCertFile?: string;
  /** Folder of the plugin binaries. It must not be a symbolic link. */
  readonly pluginDirectory: string;
  /**
   * File of the audit log, or "stdout". All nodes have the same one, because a node that cannot open it cannot become the leader.
   * OpenBao reads it from the configuration. Vault gets it by its API.
   */
  readonly auditFilePath: string;
  /** Seal. @default - Shamir's seal: people unseal the server */
  readonly seal?: SealDeclaration;
  /** Registration of the leader: on Kubernetes, by labels of the pods. @default - none */
  readonly serviceRegistration?: 'kubernetes';
}

/** Settings of one node. All nodes share the other settings. */
type NodeProps = 'nodeId' | 'apiAddr' | 'clusterAddr';

export interface ClusterConfigurationProps extends Omit<ServerConfigurationProps, NodeProps | 'retryJoin'> {
  /** Nodes of the cluster. A node may replace common settings. */
  readonly nodes: readonly (Pick<ServerConfigurationProps, NodeProps> & Partial<ServerConfigurationProps>)[];
}

/**
 * The configuration of one production server of Vault or OpenBao. It has TLS, Raft storage and an audit log, and no secret.
 *
 * It is plain data, for a container, a Kubernetes ConfigMap or a file. It trusts the declaration, which was checked.
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
            // OpenBao loads a renewed certificate without a restart, because after a restart people may have to unseal it. Vault
            // loads it on SIGHUP.
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
        : // Vault requires this setting for Raft since 1.20. OpenBao does not have it.
          { disable_mlock: props.disableMlock ?? true }),
      // Only the leader reads. A standby would refresh an expired token at Webex, but could not store the answer. If Webex rotates
      // refresh tokens, that loses the grant.
      [isOpenBao ? 'disable_standby_reads' : 'disable_performance_standby']: true,
      ...(seal === undefined ? {} : sealStanzas(seal)),
      ...(serviceRegistration === undefined ? {} : { service_registration: { [serviceRegistration]: {} } }),
      telemetry: { prometheus_retention_time: `${props.prometheusRetentionSeconds}s`, disable_hostname: true },
      ui: props.ui,
      log_level: props.logLevel,
      log_format: 'json',
    };
  }

  /** Configurations of the nodes of one Raft cluster. Each node joins the others. */
  static ofCluster({ nodes, ...common }: ClusterConfigurationProps): ServerConfiguration[] {
    return nodes.map((node) => {
      const retryJoin = nodes.filter((other) => other !== node).map(({ apiAddr }) => apiAddr);
      return new ServerConfiguration({ ...common, ...node, retryJoin });
    });
  }

  /** @returns JSON for `-config`, `VAULT_LOCAL_CONFIG` and `BAO_LOCAL_CONFIG` */
  toJson(): string {
    return JSON.stringify(this.#settings, undefined, 2);
  }
}
