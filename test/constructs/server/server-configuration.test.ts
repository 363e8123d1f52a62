import { ServerConfiguration, type ServerConfigurationProps } from '../../../constructs/server/server-configuration';
import { productionServerDeclaration } from '../../../lib/declaration/schema/server/server-declaration';

const COMMON = {
  ...productionServerDeclaration
    .pick({ product: true, prometheusRetentionSeconds: true, ui: true, logLevel: true })
    .parse({}),
  tlsCertFile: '/tls/server.pem',
  tlsKeyFile: '/tls/server-key.pem',
  raftPath: '/data',
  pluginDirectory: '/plugins',
  auditFilePath: '/logs/audit.log',
};

function node(name: string) {
  return { nodeId: name, apiAddr: `https://${name}:8200`, clusterAddr: `https://${name}:8201` };
}

interface Emitted extends Record<string, unknown> {
  readonly listener: { tcp: object }[];
  readonly storage: { raft: { node_id: string; retry_join?: { leader_api_addr: string }[] } };
}

function emitted(props: Partial<ServerConfigurationProps> = {}): Emitted {
  return JSON.parse(new ServerConfiguration({ ...COMMON, ...node('node-1'), ...props }).toJson()) as Emitted;
}

function emittedCluster(nodes: ({ raftPath?: string } & ReturnType<typeof node>)[]): Emitted[] {
  const cluster = { ...COMMON, leaderCaCertFile: '/tls/ca.pem', nodes };
  return ServerConfiguration.ofCluster(cluster).map((each) => JSON.parse(each.toJson()) as Emitted);
}

describe('ServerConfiguration', () => {
  it('the server listens with TLS only, and shows metrics only with a token', () => {
    const { listener } = emitted();
    expect(listener).toEqual([
      {
        tcp: {
          address: '0.0.0.0:8200',
          cluster_address: '0.0.0.0:8201',
          telemetry: { unauthenticated_metrics_access: false },
          tls_auto_reload: true,
          tls_cert_file: '/tls/server.pem',
          tls_key_file: '/tls/server-key.pem',
          tls_min_version: 'tls12',
        },
      },
    ]);
    expect(emitted({ product: 'vault' }).listener[0]?.tcp).not.toHaveProperty('tls_auto_reload');
  });

  it('the configuration has the addresses of the node, its folders and its logs', () => {
    expect(emitted()).toMatchObject({
      api_addr: 'https://node-1:8200',
      cluster_addr: 'https://node-1:8201',
      log_format: 'json',
      log_level: 'info',
      plugin_directory: '/plugins',
      storage: { raft: { node_id: 'node-1', path: '/data', performance_multiplier: 1 } },
      telemetry: { disable_hostname: true, prometheus_retention_time: '86400s' },
      ui: false,
    });
  });

  it('the configuration declares an audit device for OpenBao, and none for Vault', () => {
    expect(emitted().audit).toEqual([{ type: 'file', path: 'file/', options: { file_path: '/logs/audit.log' } }]);
    expect(emitted({ product: 'vault' })).not.toHaveProperty('audit');
  });

  it('the configuration sets memory locking for Vault only', () => {
    expect(emitted({ product: 'vault' })).toHaveProperty('disable_mlock', true);
    expect(emitted({ product: 'vault', disableMlock: false })).toHaveProperty('disable_mlock', false);
    expect(emitted()).not.toHaveProperty('disable_mlock');
  });

  it.each([
    ['openbao', 'disable_standby_reads', 'disable_performance_standby'],
    ['vault', 'disable_performance_standby', 'disable_standby_reads'],
  ] as const)(
    'the configuration of %s lets only the leader serve reads, because a read may refresh',
    (product, setting, other) => {
      expect(emitted({ product })).toHaveProperty(setting, true);
      expect(emitted({ product })).not.toHaveProperty(other);
    },
  );

  it('the configuration has a seal only if one is declared', () => {
    expect(emitted()).not.toHaveProperty('seal');
    const seal = { type: 'static', currentKeyId: '2026-1', currentKeyFile: '/secrets/seal.key' } as const;
    expect(emitted({ seal }).seal).toEqual([
      { static: { current_key_id: '2026-1', current_key: 'file:///secrets/seal.key' } },
    ]);
  });

  it('each node of a cluster joins the others', () => {
    const joins = emittedCluster(['a', 'b', 'c'].map(node)).map(({ storage: { raft } }) => [
      raft.node_id,
      raft.retry_join,
    ]);
    const join = (name: string) => ({ leader_api_addr: `https://${name}:8200`, leader_ca_cert_file: '/tls/ca.pem' });
    expect(joins).toEqual([
      ['a', [join('b'), join('c')]],
      ['b', [join('a'), join('c')]],
      ['c', [join('a'), join('b')]],
    ]);
  });

  it('a single node joins no other node', () => {
    expect(emittedCluster([node('a')])[0]?.storage.raft).not.toHaveProperty('retry_join');
  });

  it('all nodes of a cluster have the same audit device', () => {
    const audits = emittedCluster(['a', 'b', 'c'].map(node)).map(({ audit }) => JSON.stringify(audit));
    expect(new Set(audits).size).toBe(1);
  });

  it('a node may replace the common paths with its own', () => {
    expect(emittedCluster([{ ...node('a'), raftPath: '/elsewhere' }])).toMatchObject([
      { storage: { raft: { path: '/elsewhere' } }, listener: [{ tcp: { tls_cert_file: '/tls/server.pem' } }] },
    ]);
  });
});
