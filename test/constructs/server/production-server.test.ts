import { spawnSync } from 'node:child_process';
import { ExplainedError } from '#core';
import { ProductionServer } from '../../../constructs/server/production-server';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { declare, resources, type Declaration } from '../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

type ServerInput = Extract<NonNullable<DeploymentInput['vault']['server']>, { mode: 'production' }>;

function declareServer(input: Partial<ServerInput> = {}): Declaration & { addresses: readonly string[] } {
  const { server } = exampleDeployment({ vault: { server: { mode: 'production', ...input } } }).vault;
  if (server?.mode !== 'production') {
    throw new Error('it is a production server');
  }
  let addresses: readonly string[] = [];
  const declaration = declare((stack) => {
    const construct = new ProductionServer(stack, 'server', {
      ...server,
      pluginFolder: 'plugins',
      hostPath: (path) => (path.startsWith('/') ? path : `/srv/${path}`),
    });
    addresses = construct.addresses;
  });
  return { ...declaration, addresses };
}

interface Container {
  readonly name: string;
  readonly mounts: { target: string; source: string; read_only: boolean }[];
  readonly ports: unknown;
  readonly networks_advanced: unknown;
  readonly entrypoint: string[];
  readonly healthcheck: { test: string[] };
}

const containers = (declaration: Declaration): Container[] =>
  resources(declaration, 'docker_container').filter(({ start }) => start !== false) as unknown as Container[];

/** The configuration of each node, as its container gets it. */
const configurations = (declaration: Declaration): Record<string, unknown>[] =>
  resources(declaration, 'docker_container').flatMap(({ upload }) =>
    ((upload as { content: string }[] | undefined) ?? []).map(
      ({ content }) => JSON.parse(content) as Record<string, unknown>,
    ),
  );

it.each([
  ['openbao', 'bao'],
  ['vault', 'vault'],
] as const)('the %s container runs without privileges on a read-only root file system', (product, cli) => {
  const mount = (type: string, source: string, target: string, read_only = true) => ({
    type,
    source,
    target: `/${product}/${target}`,
    read_only,
  });
  expect(containers(declareServer({ product }))).toEqual([
    {
      name: 'webex-token-vault',
      image: '${docker_image.server_image_76305025.image_id}',
      user: '100:1000',
      read_only: true,
      security_opts: ['no-new-privileges'],
      capabilities: { add: [], drop: ['ALL'] },
      tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m,mode=1777' },
      entrypoint: [cli, 'server', `-config=/${product}/configuration/server.json`],
      command: [],
      init: true,
      mounts: [
        mount('volume', 'webex-token-vault-data', 'file', false),
        mount('volume', 'webex-token-vault-audit', 'logs', false),
        mount('volume', 'webex-token-vault-configuration', 'configuration'),
        mount('bind', '/srv/plugins', 'plugins'),
        mount('bind', '/srv/secrets/tls/webex-token-vault', 'tls'),
      ],
      networks_advanced: [{ aliases: ['webex-token-vault'], name: '${docker_network.server_network_77ADD89D.name}' }],
      ports: [{ internal: 8200, external: 8200, ip: '127.0.0.1' }],
      memory: 1024,
      memory_swap: 1024,
      log_driver: 'json-file',
      log_opts: { 'max-file': '5', 'max-size': '10m' },
      healthcheck: {
        test: [
          'CMD-SHELL',
          `${cli} status -address=https://127.0.0.1:8200 -tls-server-name=webex-token-vault -ca-cert=/${product}/tls/ca.pem || [ $? -eq 2 ]`,
        ],
        interval: '5s',
        timeout: '5s',
        retries: 6,
      },
      wait: true,
      wait_timeout: 60,
      restart: 'unless-stopped',
      stop_timeout: 30,
      destroy_grace_seconds: 30,
      lifecycle: {
        replace_triggered_by: [
          'docker_container.server_webex-token-vault_configuration_971B50DE',
          'terraform_data.server_webex-token-vault_shape_27A8BFC7',
        ],
      },
    },
  ]);
});

it('a container that never runs receives the configuration', () => {
  const declaration = declareServer();
  const [configurationContainer] = resources(declaration, 'docker_container').filter(({ start }) => start === false);
  expect(configurationContainer).toMatchObject({
    must_run: false,
    network_mode: 'none',
    name: 'webex-token-vault-configuration',
  });
  expect(configurations(declaration)).toEqual([
    expect.objectContaining({
      plugin_directory: '/openbao/plugins',
      storage: { raft: expect.objectContaining({ path: '/openbao/file' }) as unknown },
    }),
  ]);
});

it('the container is replaced if a setting changes that the provider only claims to update', () => {
  const declaration = declareServer();
  const [shape] = resources(declaration, 'terraform_data');
  const [container] = containers(declaration);
  expect(shape?.triggers_replace).toMatchObject({
    mounts: container?.mounts.map(({ source, target }) => ({ source, target })),
    test: container?.healthcheck.test,
  });
});

it('the health check quotes its arguments for the shell', () => {
  const caFile = "it's $(touch pwned) ${path.root}.pem";
  const [container] = containers(declareServer({ tls: { caFile } }));
  const line = container?.healthcheck.test[1] ?? '';
  // Terraform replaces `$${` with `${` when it fills in templates.
  const { stdout } = spawnSync('sh', ['-c', line.replace(/^bao /, `printf '%s\\n' `).replaceAll('$${', '${')], {
    encoding: 'utf8',
  });
  expect(stdout.split('\n')).toContain(`-ca-cert=/openbao/tls/${caFile}`);
});

it.each([
  ['2001:db8::7', 'https://[2001:db8::7]'],
  ['192.0.2.7', 'https://192.0.2.7'],
])('the server is addressed as %s if its certificate has that address', (serverName, origin) => {
  const declaration = declareServer({ tls: { serverName } });
  expect(declaration.addresses).toEqual([`${origin}:8200`]);
  expect(configurations(declaration)[0]).toMatchObject({ api_addr: `${origin}:8200`, cluster_addr: `${origin}:8201` });
  const [container] = containers(declaration);
  expect(container?.networks_advanced).toEqual([
    expect.not.objectContaining({ aliases: expect.anything() as unknown }),
  ]);
});

it('each of three nodes knows the TLS addresses of the other two', () => {
  const declaration = declareServer({ nodes: 3, containerName: 'vault' });
  expect(containers(declaration).map(({ name, ports }) => [name, ports])).toEqual([
    ['vault-1', [{ internal: 8200, external: 8200, ip: '127.0.0.1' }]],
    ['vault-2', [{ internal: 8200, external: 8210, ip: '127.0.0.1' }]],
    ['vault-3', [{ internal: 8200, external: 8220, ip: '127.0.0.1' }]],
  ]);
  expect(configurations(declaration)[1]).toMatchObject({
    api_addr: 'https://vault-2:8200',
    storage: {
      raft: {
        node_id: 'vault-2',
        retry_join: ['vault-1', 'vault-3'].map((other) => ({
          leader_api_addr: `https://${other}:8200`,
          leader_ca_cert_file: '/openbao/tls/ca.pem',
        })),
      },
    },
  });
  const tls = containers(declaration).map(
    ({ mounts }) => mounts.find(({ target }) => target === '/openbao/tls')?.source,
  );
  expect(tls).toEqual(['/srv/secrets/tls/vault-1', '/srv/secrets/tls/vault-2', '/srv/secrets/tls/vault-3']);
});

it("a server with a public CA's certificate is addressed by the name in it", () => {
  const declaration = declareServer({
    tls: { folder: '/etc/tls', certFile: 'fullchain.pem', caFile: null, serverName: 'vault.example.com' },
  });
  expect(declaration.addresses).toEqual(['https://vault.example.com:8200']);
  expect(configurations(declaration)[0]).toMatchObject({
    api_addr: 'https://vault.example.com:8200',
    listener: [{ tcp: { tls_cert_file: '/openbao/tls/fullchain.pem' } }],
  });
  const [container] = containers(declaration);
  expect(container?.healthcheck.test[1]).toContain('-tls-server-name=vault.example.com');
  expect(container?.healthcheck.test[1]).not.toContain('-ca-cert');
});

it.each([
  ['127.0.0.1', 'https://127.0.0.1:8200'],
  ['0.0.0.0', 'https://127.0.0.1:8200'],
  ['192.0.2.7', 'https://192.0.2.7:8200'],
  ['2001:db8::7', 'https://[2001:db8::7]:8200'],
])('a server bound to %s is reached at %s', (bindAddress, address) => {
  const declaration = declareServer({ bindAddress });
  expect(declaration.addresses).toEqual([address]);
  expect(containers(declaration)[0]?.ports).toEqual([expect.objectContaining({ ip: bindAddress })]);
});

it('the container mounts the static key, and the configuration has only its path', () => {
  const declaration = declareServer({
    seal: {
      type: 'static',
      currentKeyId: 'two',
      currentKeyFile: 'secrets/two.key',
      previousKeyId: 'one',
      previousKeyFile: '/old/one.key',
    },
  });
  expect(containers(declaration)[0]?.mounts).toEqual(
    expect.arrayContaining([
      { type: 'bind', source: '/srv/secrets/two.key', target: '/openbao/seal-keys/two.key', read_only: true },
      { type: 'bind', source: '/old/one.key', target: '/openbao/seal-keys/one.key', read_only: true },
    ]),
  );
  expect(configurations(declaration)[0]).toMatchObject({
    seal: [
      {
        static: { current_key: 'file:///openbao/seal-keys/two.key', previous_key: 'file:///openbao/seal-keys/one.key' },
      },
    ],
  });
});

it("a shell in the container reads the seal's environment from a file", () => {
  const declaration = declareServer({
    seal: {
      type: 'transit',
      address: 'https://other.example:8200',
      keyName: 'unseal',
      tlsCaCert: '/openbao/seal/ca.pem',
    },
    sealFolder: 'secrets/seal',
    environmentFile: 'secrets/server.env',
  });
  const [container] = containers(declaration);
  expect(container?.entrypoint.slice(0, 4)).toEqual(['sh', '-c', 'set -a; . "$0"; exec "$@"', '/openbao/environment']);
  expect(container?.mounts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ source: '/srv/secrets/seal', target: '/openbao/seal', read_only: true }),
      expect.objectContaining({ source: '/srv/secrets/server.env', target: '/openbao/environment', read_only: true }),
    ]),
  );
  expect(configurations(declaration)[0]).toMatchObject({ seal: [{ transit: { key_name: 'unseal' } }] });
});

it.each(['openbao/openbao:2.7.2', 'registry.example:5000/bao:2.7.2'])(
  'the server accepts image %s with a complete digest',
  (tagged) => {
    const image = `${tagged}@sha256:${'b'.repeat(64)}`;
    expect(resources(declareServer({ image }), 'docker_image')).toMatchObject([{ name: image }]);
    expect(() => declareServer({ image: image.slice(0, -1) })).toThrow(
      'vault.server.image must be an image, with or without',
    );
  },
);

it.each<[Partial<ServerInput>, unknown]>([
  [{ ipcLock: true }, undefined],
  [{ disableMlock: false }, [{ name: 'memlock', soft: -1, hard: -1 }]],
])('the Vault container gets the capability to lock memory by %j', (input, ulimit) => {
  const [container] = resources(declareServer({ product: 'vault', ...input }), 'docker_container').slice(-1);
  expect(container?.ulimit).toEqual(ulimit);
  expect(container?.capabilities).toEqual({ add: ['CAP_IPC_LOCK'], drop: ['ALL'] });
});

it.each<[Partial<ServerInput>, string]>([
  [{ nodes: 2 as 3 }, 'vault.server.nodes must be 1 or 3, because two nodes tolerate no failure'],
  [{ user: '0:0' }, 'vault.server.user must be uid and gid, and not root, got "0:0"; use "100:1000"'],
  [{ bindAddress: 'localhost' }, 'vault.server.bindAddress must be an IP address, got "localhost"'],
  [
    { tls: { serverName: 'vault.example.com; id' } },
    'vault.server.tls.serverName must be a host name or an IP address, got "vault.example.com; id"',
  ],
  [{ containerName: 'my_vault' }, 'vault.server.containerName must be letters, digits or "-"'],
  [{ mode: 'prod' as never }, 'vault.server.mode must be "dev", "production" or "kubernetes", got "prod"'],
])('the server refuses %j', (input, message) => {
  expect(() => declareServer(input)).toThrow(ExplainedError);
  expect(() => declareServer(input)).toThrow(message);
});

it('a production deployment leaves the provisioner policy to "npm run init" by default', () => {
  const declared = (input: Partial<DeploymentInput>): boolean => exampleDeployment(input).manageProvisioner;
  expect(declared({ vault: { server: { mode: 'production' } } })).toBe(false);
  expect(declared({ vault: { server: { mode: 'production' } }, manageProvisioner: true })).toBe(true);
  expect(declared({ vault: { server: { mode: 'dev' } } })).toBe(true);
  expect(defineDeployment(exampleDeployment({ vault: { server: { mode: 'production' } } })).manageProvisioner).toBe(
    false,
  );
});
