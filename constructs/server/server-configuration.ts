import { isAbsolute } from 'node:path';
import { ExplainedError } from '#core';
import { kmsSeals } from '../../lib/declaration/schema/server/kms-seal-declaration';
import type { ProductionServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import type { Seal } from './seals/seal';

/** Where a node looks for the leader of its cluster. */
interface RetryJoin {
  /** API address of another node, https. */
  readonly leaderApiAddr: string;
  /** PEM file of the CA that signed its certificate. @default - the system's CAs */
  readonly leaderCaCertFile?: string;
  /** Host name in its certificate. @default - that of the address */
  readonly leaderTlsServername?: string;
}

type DeclaredSettings = Pick<
  ProductionServerDeclaration,
  'product' | 'disableMlock' | 'prometheusRetentionSeconds' | 'ui' | 'logLevel'
>;

/** Files and folders are absolute paths as the server sees them. */
export interface ServerConfigurationProps extends Readonly<DeclaredSettings> {
  /** Name of this node in the Raft cluster, for ever. */
  readonly nodeId: string;
  /** Name of the cluster, as in its metrics. @default - the server makes one up */
  readonly clusterName?: string;
  /** Where clients and the other nodes reach this node, https. */
  readonly apiAddr: string;
  /** Where the other nodes reach this node for Raft, https. */
  readonly clusterAddr: string;
  /** Where it listens for clients, host and port. @default "0.0.0.0:8200" */
  readonly address?: string;
  /** Where it listens for the other nodes, host and port. @default "0.0.0.0:8201" */
  readonly clusterAddress?: string;
  /** Its certificate, then those between it and the CA. PEM. */
  readonly tlsCertFile: string;
  /** Private key of that certificate. PEM. */
  readonly tlsKeyFile: string;
  /** @default "tls12" */
  readonly tlsMinVersion?: 'tls12' | 'tls13';
  /** Folder of the Raft storage: all data of this node. */
  readonly raftPath: string;
  /** Raft's patience, 1 to 10: the higher, the later a dead leader is noticed. @default 1 (for production, says Vault) */
  readonly performanceMultiplier?: number;
  /** The other nodes of the cluster. @default - a cluster of this node alone */
  readonly retryJoin?: readonly RetryJoin[];
  /** Folder of the plugin binaries; not a symbolic link. */
  readonly pluginDirectory: string;
  /**
   * Audit log, or "stdout". The same on all nodes: a node that cannot open it cannot become the leader.
   *
   * OpenBao takes it from here; Vault has to be told by its API, see `auditFilePath`.
   */
  readonly auditFilePath: string;
  /** @default - Shamir's: people unseal it */
  readonly seal?: Seal;
  /** Who tells clients which node leads: Kubernetes, by labels of the pods. @default - nobody */
  readonly serviceRegistration?: 'kubernetes';
  /** @default "json" */
  readonly logFormat?: 'standard' | 'json';
}

/**
 * The configuration of one Vault or OpenBao server for production: TLS only, Raft storage, audit, no secret in it.
 *
 * Plain data in and out: it goes into a container, a Kubernetes ConfigMap or a file alike.
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
    const {
      product,
      disableMlock = true,
      prometheusRetentionSeconds,
      ui,
      logLevel,
      nodeId,
      clusterName,
      apiAddr,
      clusterAddr,
      address = '0.0.0.0:8200',
      clusterAddress = '0.0.0.0:8201',
      tlsCertFile,
      tlsKeyFile,
      tlsMinVersion = 'tls12',
      raftPath,
      performanceMultiplier = 1,
      retryJoin = [],
      pluginDirectory,
      auditFilePath,
      seal,
      serviceRegistration,
      logFormat = 'json',
    } = props;
    validate({ ...props, product, address, clusterAddress, tlsMinVersion, performanceMultiplier, retryJoin });
    this.nodeId = nodeId;
    this.apiAddr = apiAddr;
    this.auditFilePath = auditFilePath;
    const isOpenBao = product === 'openbao';
    this.#settings = {
      ...(clusterName === undefined ? {} : { cluster_name: clusterName }),
      api_addr: apiAddr,
      cluster_addr: clusterAddr,
      listener: [
        {
          tcp: {
            address,
            cluster_address: clusterAddress,
            tls_cert_file: tlsCertFile,
            tls_key_file: tlsKeyFile,
            tls_min_version: tlsMinVersion,
            // A renewed certificate is used without a restart, which might mean people to unseal it. Vault: by SIGHUP.
            ...(isOpenBao ? { tls_auto_reload: true } : {}),
            telemetry: { unauthenticated_metrics_access: false },
          },
        },
      ],
      storage: {
        raft: {
          path: raftPath,
          node_id: nodeId,
          performance_multiplier: performanceMultiplier,
          ...(retryJoin.length === 0 ? {} : { retry_join: retryJoin.map(joinStanza) }),
        },
      },
      plugin_directory: pluginDirectory,
      ...(isOpenBao
        ? { audit: [{ type: 'file', path: 'file/', options: { file_path: auditFilePath } }] }
        : // Must be there with Raft since Vault 1.20; OpenBao does not know it.
          { disable_mlock: disableMlock }),
      // A standby that reads an expired token would refresh it at Webex and could not store what it got. Where Webex
      // replaces the refresh token that loses the grant, so only the leader reads.
      [isOpenBao ? 'disable_standby_reads' : 'disable_performance_standby']: true,
      ...(seal === undefined ? {} : { seal: [{ [seal.type]: seal.stanza }] }),
      ...(seal?.plugin === undefined ? {} : { plugin: [{ kms: { [seal.type]: seal.plugin } }] }),
      ...(serviceRegistration === undefined ? {} : { service_registration: { [serviceRegistration]: {} } }),
      telemetry: { prometheus_retention_time: `${prometheusRetentionSeconds}s`, disable_hostname: true },
      ui,
      log_level: logLevel,
      log_format: logFormat,
    };
  }

  /** As `-config`, `VAULT_LOCAL_CONFIG` and `BAO_LOCAL_CONFIG` take it. */
  toJson(): string {
    return JSON.stringify(this.#settings, undefined, 2);
  }
}

function joinStanza({ leaderApiAddr, leaderCaCertFile, leaderTlsServername }: RetryJoin): Record<string, string> {
  return {
    leader_api_addr: leaderApiAddr,
    ...(leaderCaCertFile === undefined ? {} : { leader_ca_cert_file: leaderCaCertFile }),
    ...(leaderTlsServername === undefined ? {} : { leader_tls_servername: leaderTlsServername }),
  };
}

type Checked = ServerConfigurationProps &
  Required<
    Pick<
      ServerConfigurationProps,
      'product' | 'address' | 'clusterAddress' | 'tlsMinVersion' | 'performanceMultiplier' | 'retryJoin'
    >
  >;

function validate(props: Checked): void {
  const { product, nodeId, apiAddr, clusterAddr, retryJoin, tlsMinVersion, performanceMultiplier, seal } = props;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(nodeId)) {
    throw new ExplainedError(`nodeId must be letters, digits, ".", "-" or "_", got "${nodeId}"; rename it`);
  }
  checkHttps('apiAddr', apiAddr);
  checkHttps('clusterAddr', clusterAddr);
  if (new URL(apiAddr).host === new URL(clusterAddr).host) {
    throw new ExplainedError(
      `clusterAddr must be another port than apiAddr, got "${clusterAddr}" for both; use port 8201 for it`,
    );
  }
  checkHostAndPort('address', props.address);
  checkHostAndPort('clusterAddress', props.clusterAddress);
  for (const { leaderApiAddr, leaderCaCertFile } of retryJoin) {
    checkHttps('retryJoin.leaderApiAddr', leaderApiAddr);
    if (leaderApiAddr === apiAddr) {
      throw new ExplainedError(`retryJoin must name other nodes, got this one's own "${apiAddr}"; leave it out`);
    }
    if (leaderCaCertFile !== undefined) {
      checkAbsolute('retryJoin.leaderCaCertFile', leaderCaCertFile);
    }
  }
  for (const name of ['tlsCertFile', 'tlsKeyFile', 'raftPath', 'pluginDirectory'] as const) {
    checkAbsolute(name, props[name]);
  }
  if (props.auditFilePath !== 'stdout') {
    checkAbsolute('auditFilePath', props.auditFilePath);
  }
  if (!['tls12', 'tls13'].includes(tlsMinVersion)) {
    throw new ExplainedError(
      `tlsMinVersion must be "tls12" or "tls13", got "${tlsMinVersion}", which is broken; use "tls12"`,
    );
  }
  if (!Number.isInteger(performanceMultiplier) || performanceMultiplier < 1 || performanceMultiplier > 10) {
    throw new ExplainedError(
      `performanceMultiplier must be a whole number from 1 to 10, got ${performanceMultiplier}; use 1 unless the network is slow`,
    );
  }
  if (product === 'openbao' && props.disableMlock !== undefined) {
    throw new ExplainedError(
      'disableMlock is for Vault only, got it for OpenBao, which never locks memory; leave it out',
    );
  }
  if (seal !== undefined && !seal.products.includes(product)) {
    throw new ExplainedError(
      `seal "${seal.type}" is not known to ${product}, only to ${seal.products.join(' and ')}; use another seal`,
    );
  }
  if (seal !== undefined && seal.plugin === undefined && product === 'openbao' && Object.hasOwn(kmsSeals, seal.type)) {
    throw new ExplainedError(
      `seal "${seal.type}" is not built into OpenBao since 2.7, got no plugin for it, without which the server does not start; add its pluginCommand and pluginSha256 to the seal, and the file to the plugin directory`,
    );
  }
  if (seal?.plugin !== undefined && product === 'vault') {
    throw new ExplainedError(`seal "${seal.type}" is built into Vault, got a plugin for it; leave pluginCommand out`);
  }
}

/** Nothing here is ever reached in clear text. */
function checkHttps(prop: string, value: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.pathname !== '/' || url.search !== '') {
    const meant = url?.protocol === 'http:' ? `https://${url.host}` : 'https://vault.example.com:8200';
    throw new ExplainedError(`${prop} must be an https URL of a host, got "${value}"; use one like "${meant}"`);
  }
}

function checkHostAndPort(prop: string, value: string): void {
  if (!/^(?:\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(value)) {
    throw new ExplainedError(`${prop} must be host and port, got "${value}"; use one like "0.0.0.0:8200"`);
  }
}

function checkAbsolute(prop: string, value: string): void {
  if (!isAbsolute(value)) {
    throw new ExplainedError(`${prop} must be an absolute path on the server, got "${value}"; start it with "/"`);
  }
}
