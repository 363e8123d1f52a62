import { KmsSeal, type KmsSealProps } from '../../../constructs/server/seals/kms-seal';
import { ServerConfiguration, type ServerConfigurationProps } from '../../../constructs/server/server-configuration';
import { StaticSeal } from '../../../constructs/server/seals/static-seal';
import { productionServerDeclaration } from '../../../lib/declaration/schema/server/server-declaration';
import { difference } from '../../fixtures/results/difference';

const PROPS: ServerConfigurationProps = {
  ...productionServerDeclaration
    .pick({ product: true, prometheusRetentionSeconds: true, ui: true, logLevel: true })
    .parse({}),
  nodeId: 'node-1',
  apiAddr: 'https://node-1:8200',
  clusterAddr: 'https://node-1:8201',
  tlsCertFile: '/tls/server.pem',
  tlsKeyFile: '/tls/server-key.pem',
  raftPath: '/data',
  pluginDirectory: '/plugins',
  auditFilePath: '/logs/audit.log',
};

function emitted(props: Partial<ServerConfigurationProps> = {}): Record<string, unknown> {
  return JSON.parse(new ServerConfiguration({ ...PROPS, ...props }).toJson()) as Record<string, unknown>;
}

const STATIC_SEAL = new StaticSeal({ currentKeyId: '2026-1', currentKey: 'file:///secrets/seal.key' });

describe('ServerConfiguration', () => {
  it('the configuration of OpenBao matches its snapshot', () => {
    expect(emitted()).toMatchSnapshot();
  });

  it("the configuration of Vault differs from OpenBao's as in the snapshot", () => {
    expect(difference(emitted({ product: 'vault' }), emitted())).toMatchSnapshot();
  });

  it('the server listens with TLS only', () => {
    const [listener] = emitted().listener as { tcp: object }[];
    expect(emitted().listener).toHaveLength(1);
    expect(listener?.tcp).toMatchObject({ tls_cert_file: '/tls/server.pem', tls_min_version: 'tls12' });
    expect(listener?.tcp).not.toHaveProperty('tls_disable');
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
    ['openbao', 'disable_standby_reads'],
    ['vault', 'disable_performance_standby'],
  ] as const)(
    'the configuration of %s lets only the leader serve reads, because a read may refresh',
    (product, setting) => {
      expect(emitted({ product })).toHaveProperty(setting, true);
    },
  );

  it('the configuration has a seal only if one is declared', () => {
    expect(emitted()).not.toHaveProperty('seal');
    expect(emitted({ seal: STATIC_SEAL }).seal).toEqual([
      { static: { current_key_id: '2026-1', current_key: 'file:///secrets/seal.key' } },
    ]);
  });

  it('the configuration declares the plugin of a KMS seal', () => {
    const seal = new KmsSeal({
      type: 'awskms',
      kmsKeyId: 'alias/vault',
      pluginCommand: 'openbao-plugin-kms-awskms',
      pluginSha256: 'a'.repeat(64),
    });
    expect(emitted({ seal })).toMatchObject({
      seal: [{ awskms: { kms_key_id: 'alias/vault' } }],
      plugin: [{ kms: { awskms: { command: 'openbao-plugin-kms-awskms', sha256sum: 'a'.repeat(64) } } }],
    });
  });

  it.each([
    { type: 'awskms', kmsKeyId: 'alias/vault' },
    { type: 'gcpckms', project: 'p', region: 'r', keyRing: 'k', cryptoKey: 'c' },
    { type: 'azurekeyvault', tenantId: 't', vaultName: 'v', keyName: 'k' },
    { type: 'ocikms', keyId: 'k', cryptoEndpoint: 'c', managementEndpoint: 'm' },
    { type: 'pkcs11', lib: '/lib/hsm.so', keyLabel: 'k', slot: '0' },
  ] satisfies KmsSealProps[])(
    'the configuration requires a plugin for seal $type on OpenBao, and none on Vault',
    (props) => {
      const seal = new KmsSeal(props);
      expect(() => emitted({ seal })).toThrow(
        `seal "${props.type}" is not built into OpenBao since 2.7, got no plugin for it, without which the server does not start; add its pluginCommand and pluginSha256 to the seal, and the file to the plugin directory`,
      );
      expect(emitted({ seal, product: 'vault' })).toHaveProperty(`seal.0.${props.type}`);
    },
  );

  it('the configuration names the other nodes to join', () => {
    const retryJoin = [{ leaderApiAddr: 'https://node-2:8200', leaderCaCertFile: '/tls/ca.pem' }];
    expect(emitted({ retryJoin }).storage).toMatchObject({
      raft: { retry_join: [{ leader_api_addr: 'https://node-2:8200', leader_ca_cert_file: '/tls/ca.pem' }] },
    });
  });

  it.each<[string, Partial<ServerConfigurationProps>, string]>([
    [
      'a plain HTTP API address',
      { apiAddr: 'http://node-1:8200' },
      'apiAddr must be an https URL of a host, got "http://node-1:8200"; use one like "https://node-1:8200"',
    ],
    [
      'a plain HTTP address of another node',
      { retryJoin: [{ leaderApiAddr: 'http://node-2:8200' }] },
      'retryJoin.leaderApiAddr must be an https URL of a host, got "http://node-2:8200"; use one like "https://node-2:8200"',
    ],
    [
      'an address with a path',
      { clusterAddr: 'https://node-1:8201/raft' },
      'clusterAddr must be an https URL of a host, got "https://node-1:8201/raft"; use one like "https://vault.example.com:8200"',
    ],
    [
      'one port for two purposes',
      { clusterAddr: 'https://node-1:8200' },
      'clusterAddr must be another port than apiAddr, got "https://node-1:8200" for both; use port 8201 for it',
    ],
    [
      'a node that joins itself',
      { retryJoin: [{ leaderApiAddr: 'https://node-1:8200' }] },
      `retryJoin must name other nodes, got this one's own "https://node-1:8200"; leave it out`,
    ],
    [
      'a listener without a port',
      { address: '0.0.0.0' },
      'address must be host and port, got "0.0.0.0"; use one like "0.0.0.0:8200"',
    ],
    [
      'a relative path',
      { raftPath: 'data' },
      'raftPath must be an absolute path on the server, got "data"; start it with "/"',
    ],
    [
      'an old TLS version',
      { tlsMinVersion: 'tls10' as 'tls12' },
      'tlsMinVersion must be "tls12" or "tls13", got "tls10", which is broken; use "tls12"',
    ],
    [
      'an impossible multiplier',
      { performanceMultiplier: 0 },
      'performanceMultiplier must be a whole number from 1 to 10, got 0; use 1 unless the network is slow',
    ],
    ['a node without a name', { nodeId: '' }, 'nodeId must be letters, digits, ".", "-" or "_", got ""; rename it'],
    [
      'memory locks for OpenBao',
      { disableMlock: true },
      'disableMlock is for Vault only, got it for OpenBao, which never locks memory; leave it out',
    ],
    [
      'a static seal for Vault',
      { product: 'vault', seal: STATIC_SEAL },
      'seal "static" is not known to vault, only to openbao; use another seal',
    ],
  ])('the configuration refuses %s', (_, props, message) => {
    expect(() => new ServerConfiguration({ ...PROPS, ...props })).toThrow(message);
  });
});
