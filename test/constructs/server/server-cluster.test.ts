import { ServerCluster } from '../../../constructs/server/server-cluster';
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
  leaderCaCertFile: '/tls/ca.pem',
};

function node(name: string): { nodeId: string; apiAddr: string; clusterAddr: string } {
  return { nodeId: name, apiAddr: `https://${name}:8200`, clusterAddr: `https://${name}:8201` };
}

interface Emitted {
  readonly storage: { raft: { node_id: string; retry_join?: { leader_api_addr: string }[] } };
  readonly audit: unknown;
}

function emitted(nodes: ReturnType<typeof node>[]): Emitted[] {
  return new ServerCluster({ ...COMMON, nodes }).configurations.map((each) => JSON.parse(each.toJson()) as Emitted);
}

describe('ServerCluster', () => {
  it('each node of a cluster joins the others', () => {
    const joins = emitted(['a', 'b', 'c'].map(node)).map(({ storage: { raft } }) => [
      raft.node_id,
      raft.retry_join?.map((join) => join.leader_api_addr),
    ]);
    expect(joins).toEqual([
      ['a', ['https://b:8200', 'https://c:8200']],
      ['b', ['https://a:8200', 'https://c:8200']],
      ['c', ['https://a:8200', 'https://b:8200']],
    ]);
  });

  it('a single node joins no other node', () => {
    expect(emitted([node('a')])[0]?.storage.raft).not.toHaveProperty('retry_join');
  });

  it('all nodes of a cluster have the same audit device', () => {
    const audits = emitted(['a', 'b', 'c'].map(node)).map(({ audit }) => JSON.stringify(audit));
    expect(new Set(audits).size).toBe(1);
  });

  it('a node may replace the common paths with its own', () => {
    const nodes = [{ ...node('a'), raftPath: '/elsewhere', tlsCertFile: undefined }];
    const [configuration] = new ServerCluster({ ...COMMON, nodes }).configurations;
    expect(configuration?.toJson()).toContain('"path": "/elsewhere"');
    expect(configuration?.toJson()).toContain('"tls_cert_file": "/tls/server.pem"');
  });

  it('a cluster refuses two nodes with the same id', () => {
    const twin = { ...node('b'), nodeId: 'a' };
    expect(() => new ServerCluster({ ...COMMON, nodes: [node('a'), twin, node('c')] })).toThrow(
      'nodeId must be different on each node, got "a" twice; give each node its own',
    );
  });

  it('a cluster refuses two nodes with the same address', () => {
    const twin = { ...node('b'), apiAddr: 'https://a:8200' };
    expect(() => new ServerCluster({ ...COMMON, nodes: [node('a'), twin, node('c')] })).toThrow(/^apiAddr must be/);
  });

  it('a cluster refuses an even number of nodes', () => {
    expect(() => emitted(['a', 'b'].map(node))).toThrow(
      'a cluster must have an odd number of nodes, got 2, of which no more may fail than of 1; use 1 or 3',
    );
  });
});
