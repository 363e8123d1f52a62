import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { VaultServer } from '../../../../constructs/server/vault-server';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { resources, synthesize, testApp, type Declaration } from '../../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

type ServerInput = Extract<NonNullable<DeploymentInput['vault']['server']>, { mode: 'kubernetes' }>;

/** @param input includes values that the types refuse */
function declareStack(input: object = {}): Declaration {
  const server = { mode: 'kubernetes', ...input } as ServerInput;
  return synthesize(new VaultServer(testApp(), 'vault-server', exampleDeployment({ vault: { server } })));
}

interface Values {
  readonly global: object;
  readonly server: {
    readonly image: object;
    readonly volumes: { name: string }[];
    readonly extraLabels?: object;
    readonly networkPolicy: { ingress: { from: unknown[] }[] };
    readonly ha: { replicas: number; raft: { config: string } };
    readonly extraInitContainers: {
      image: string;
      command: string[];
      env: { name: string; value: string }[];
      securityContext: object;
    }[];
    readonly statefulSet: { securityContext: { container: object } };
  };
  readonly serverTelemetry?: { prometheusRules: { rules: { alert: string }[] }; serviceMonitor?: object };
}

function declaredValues(input: object = {}): Values {
  const [release] = resources(declareStack(input), 'helm_release') as { values: [string] }[];
  return JSON.parse(release?.values[0] ?? '') as Values;
}

it.each([
  ['openbao', { chart: 'openbao', version: '0.29.2', repository: 'https://openbao.github.io/openbao-helm' }],
  ['vault', { chart: 'vault', version: '0.34.1', repository: 'https://helm.releases.hashicorp.com' }],
])('Helm installs the pinned chart of %s, and waits for no pod', (product, chart) => {
  const declaration = declareStack({ product });
  expect(Object.keys(declaration.resource.helm_release ?? {})).toEqual(['server_release_97920CA1']);
  expect(resources(declaration, 'helm_release')).toMatchObject([
    { ...chart, lint: true, name: 'webex-token-vault', namespace: 'webex-token-vault', wait: false },
  ]);
  expect(declaration.provider.helm).toEqual([{ kubernetes: { config_path: '~/.kube/config' } }]);
  expect(declaration.terraform).toMatchObject({
    backend: { local: { path: '../../../terraform.vault-server.tfstate' } },
  });
  expect(resources(declaration, 'terraform_data').map(({ input }) => input)).toContain(
    '{"format":1,"mode":"kubernetes","namespace":"webex-token-vault","nodes":["webex-token-vault-0","webex-token-vault-1","webex-token-vault-2"],"volumes":["data-webex-token-vault-0","data-webex-token-vault-1","data-webex-token-vault-2"]}',
  );
});

/** The values without the configuration and the script, which have separate tests. */
function shownValues(product: string): string {
  const values = declaredValues({ product });
  values.server.ha.raft.config = 'the configuration';
  values.server.extraInitContainers[0]?.command.splice(-1, 1, 'the script');
  return stringify(values);
}

it('the chart of OpenBao gets these values', () => {
  expect(shownValues('openbao')).toMatchSnapshot();
});

it('the chart of Vault gets the same values, except for its names and its folder', () => {
  const [openbao, vault] = ['openbao', 'vault'].map((product) => shownValues(product).split('\n')) as [
    string[],
    string[],
  ];
  const alike = openbao
    .map((line) => line.replaceAll('/openbao/', '/vault/').replaceAll('BAO_', 'VAULT_').replace(': openbao', ': vault'))
    .filter((line) => !vault.includes(line));
  // Only OpenBao's chart has these names, and the image in three parts.
  expect(alike.map((line) => line.trim().split(':')[0])).toEqual([
    'registry',
    'repository',
    'tag',
    'podManagementPolicy',
    'configAnnotation',
    'image',
  ]);
  const { image, ...server } = declaredValues({ product: 'vault' }).server;
  expect(image).toEqual({ repository: 'docker.io/hashicorp/vault', tag: '2.1.1' });
  expect(server).toMatchObject({ includeConfigAnnotation: true });
});

it('the configuration of a node has its host name, the folders of the chart and every peer', () => {
  const host = (name: string): string => `https://${name}.webex-token-vault-internal.webex-token-vault.svc`;
  expect(JSON.parse(declaredValues().server.ha.raft.config)).toMatchObject({
    cluster_name: 'webex-token-vault',
    api_addr: `${host('HOSTNAME')}:8200`,
    cluster_addr: `${host('HOSTNAME')}:8201`,
    listener: [{ tcp: { tls_cert_file: '/openbao/tls/tls.crt', tls_key_file: '/openbao/tls/tls.key' } }],
    storage: {
      raft: {
        path: '/openbao/data',
        node_id: 'HOSTNAME',
        retry_join: [0, 1, 2].map((n) => ({
          leader_api_addr: `${host(`webex-token-vault-${n}`)}:8200`,
          leader_ca_cert_file: '/openbao/tls/ca.crt',
        })),
      },
    },
    plugin_directory: '/openbao/plugins',
    audit: [{ options: { file_path: '/openbao/logs/audit.log' } }],
    service_registration: { kubernetes: {} },
  });
});

it('each of five nodes knows the addresses of all five', () => {
  const { ha } = declaredValues({ nodes: 5 }).server;
  const config = JSON.parse(ha.raft.config) as { storage: { raft: { retry_join: { leader_api_addr: string }[] } } };
  expect(ha.replicas).toBe(5);
  expect(config.storage.raft.retry_join.map(({ leader_api_addr }) => leader_api_addr)).toEqual(
    [0, 1, 2, 3, 4].map((n) => `https://webex-token-vault-${n}.webex-token-vault-internal.webex-token-vault.svc:8200`),
  );
});

it('the outputs give the address of each forwarded port, or the declared address', () => {
  expect(declareStack({ nodes: 5, port: 9000 }).output).toMatchObject({
    vault_addr: { value: 'https://127.0.0.1:9000' },
    vault_addrs: { value: [0, 10, 20, 30, 40].map((offset) => `https://127.0.0.1:${9000 + offset}`) },
  });
  const { output } = declareStack({ address: 'https://vault.example.com/' });
  expect(output).toEqual({ vault_addr: { value: 'https://vault.example.com' } });
});

it.each([
  ['openbao', 'registry.example:5000/team/bao:2.7.2', { registry: 'registry.example:5000', repository: 'team/bao' }],
  ['vault', 'hashicorp/vault:2.1.1', { repository: 'docker.io/hashicorp/vault', tag: '2.1.1' }],
  ['openbao', `openbao/openbao:2.7.2@sha256:${'b'.repeat(64)}`, { tag: `2.7.2@sha256:${'b'.repeat(64)}` }],
])('the chart of %s receives the image %s in parts', (product, image, parts) => {
  expect(declaredValues({ product, image }).server.image).toMatchObject(parts);
});

it("the plugin comes from its own image, or from the server's image", () => {
  expect(declaredValues({ pluginImage: 'registry.example/plugin:3' }).server.extraInitContainers).toMatchObject([
    { image: 'registry.example/plugin:3' },
  ]);
  expect(declaredValues().server.extraInitContainers).toMatchObject([{ image: 'docker.io/openbao/openbao:2.7.2' }]);
});

it("the server gets a capability only on request, and the plugin's container gets none", () => {
  const contexts = (input: object): object[] => {
    const { statefulSet, extraInitContainers } = declaredValues({ product: 'vault', ...input }).server;
    return [statefulSet.securityContext.container, ...extraInitContainers.map((each) => each.securityContext)];
  };
  const [none, locked] = [{ drop: ['ALL'] }, { drop: ['ALL'], add: ['IPC_LOCK'] }];
  expect(contexts({})).toMatchObject([{ capabilities: none }, { capabilities: none }]);
  expect(contexts({ ipcLock: true })).toEqual([
    expect.objectContaining({ capabilities: locked }),
    expect.objectContaining({ capabilities: none }),
  ]);
  expect(contexts({ disableMlock: false })).toMatchObject([{ capabilities: locked }, { capabilities: none }]);
});

it('the audit log goes to the log of the pod if that is declared', () => {
  const { server } = declaredValues({ audit: 'stdout' });
  expect(JSON.parse(server.ha.raft.config)).toMatchObject({ audit: [{ options: { file_path: 'stdout' } }] });
  expect(server).toMatchObject({ auditStorage: { enabled: false } });
});

it('the network policy admits only the allowed namespaces', () => {
  const [, others] = declaredValues({ allowedNamespaces: ['apps'] }).server.networkPolicy.ingress;
  expect(others?.from).toEqual([
    { podSelector: {} },
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } } },
  ]);
});

it('the Prometheus Operator gets every alert rule, and a service monitor only if its token is declared', () => {
  const { serverTelemetry } = declaredValues({ monitoring: {} });
  const alerts = serverTelemetry?.prometheusRules.rules.map(({ alert }) => alert);
  expect(alerts).toContain('WebexTokenVaultCredentialBroken');
  expect(new Set(alerts).size).toBe(alerts?.length);
  expect(serverTelemetry?.serviceMonitor).toBeUndefined();
  expect(declaredValues({ monitoring: { tokenSecret: 'metrics' } }).serverTelemetry?.serviceMonitor).toBeDefined();
});

it('the files of a seal come from one Secret, and its environment from other Secrets', () => {
  const { server } = declaredValues({
    seal: { type: 'static', currentKeyId: 'one', currentKeyFile: 'secrets/key-one' },
    sealSecret: 'seal',
    environmentSecrets: [{ name: 'BAO_TOKEN', secretName: 'transit', secretKey: 'token' }],
  });
  expect(JSON.parse(server.ha.raft.config)).toMatchObject({
    seal: [{ static: { current_key: 'file:///openbao/seal/key-one' } }],
  });
  expect(server).toMatchObject({
    extraSecretEnvironmentVars: [{ envName: 'BAO_TOKEN', secretName: 'transit', secretKey: 'token' }],
  });
});

it("declared chart values add fields to the stack's own values and append to its lists", () => {
  const extra = { name: 'more', emptyDir: {} };
  const { server, global } = declaredValues({
    values: { global: { openshift: true }, server: { extraLabels: { team: 'webex' }, volumes: [extra], affinity: '' } },
  });
  expect(global).toEqual({ tlsDisable: false, openshift: true });
  expect(server.extraLabels).toEqual({ team: 'webex' });
  expect(server.volumes.at(-1)).toEqual(extra);
  expect(server.volumes.length).toBeGreaterThan(3);
  expect(server).toMatchObject({ affinity: '' });
});

it('a shell expression in the values never becomes a Terraform expression', () => {
  const values = { server: { postStart: ['sh', '-c', 'echo "${HOME} %{x}"'] } };
  const [release] = resources(declareStack({ values }), 'helm_release') as { values: [string] }[];
  expect(release?.values[0]).toContain('$${found%% *}');
  expect(release?.values[0]).toContain('echo \\"$${HOME} %%{x}\\"');
  expect(release?.values[0]).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
});

it('declared values may set any chart value that the stack leaves open', () => {
  const { server } = declaredValues({
    values: { server: { image: { pullPolicy: 'Always' }, logFormat: 'standard', ha: { raft: { setNodeId: true } } } },
  });
  expect(server).toMatchObject({
    image: { repository: 'openbao/openbao', pullPolicy: 'Always' },
    logFormat: 'standard',
    ha: { raft: { enabled: true, setNodeId: true } },
  });
});

it('a declared text never becomes a template of the chart', () => {
  const seal = { type: 'transit', address: 'https://other.example', keyName: '{{ .Values }}' };
  const { config } = declaredValues({ seal }).server.ha.raft;
  expect(config).toContain('"key_name": "{{ "{{" }} .Values }}"');
});

it.each([
  [{ nodes: 1 }, 'vault.server.nodes must be 3 or 5, got 1, because one or two nodes tolerate no failure'],
  [{ nodes: 2 }, 'vault.server.nodes must be 3 or 5, got 2'],
  [{ chart: { version: '0.28.0' } }, 'vault.server.chart has no field "version"'],
  [{ chart: { path: 'a', repository: 'oci://b' } }, 'vault.server.chart must have path or repository, got both'],
  [
    { values: { global: { tlsDisable: true } } },
    'vault.server.values.global.tlsDisable is refused, because the stack decides it',
  ],
  [{ values: { server: { dev: { enabled: true } } } }, 'a server in memory loses all grants'],
  [{ values: { server: { ha: { replicas: 1 } } } }, 'use nodes'],
  [
    { values: { server: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } } },
    'the volumes, with every grant, outlive the server',
  ],
  [{ values: { server: { updateStrategyType: 'RollingUpdate' } } }, 'may wait until people unseal it'],
  [{ values: { server: { podManagementPolicy: 'OrderedReady' } } }, 'would keep the next one from starting'],
  [{ values: { server: { image: { tag: '2.6.2' } } } }, 'use image'],
  [{ values: { server: { ha: { raft: { config: 'x' } } } } }, 'the rest of the declaration makes the configuration'],
  [
    { values: { server: { volumes: [{ name: 'tls', emptyDir: {} }] } } },
    'vault.server.values.server.volumes must not have "tls", which is the name of a volume of the stack',
  ],
  [{ pluginImage: 'not an image!' }, 'vault.server.pluginImage must be an image with its tag, got "not an image!"'],
  [{ pluginImage: 'not an image!:1' }, 'vault.server.pluginImage must be an image with its tag'],
  [{ values: { sever: {} } }, 'vault.server.values has no field "sever"; did you mean "server"?'],
  [{ product: 'vault', values: { extraObjects: [] } }, 'is in the chart of openbao, but not in the chart of vault'],
  [
    { product: 'vault', snapshots: { host: 's3', bucket: 'b', credentialsSecret: 's' } },
    'vault.server.snapshots must be left out with "vault"',
  ],
  [{ seal: { type: 'static', currentKeyId: 'a', currentKeyFile: 'b' } }, 'must name the Secret'],
  [{ releaseName: 'Webex' }, 'vault.server.releaseName must be at most 40 lower-case letters'],
  [{ image: 'openbao/openbao' }, 'vault.server.image must be an image with its tag, got "openbao/openbao"'],
  [{ address: 'http://vault.example.com' }, 'vault.server.address must be https'],
  [
    { port: 65500 },
    'vault.server.port must be a whole number from 1 to 65495, got 65500; choose a lower one, because the port of each further node is ten higher',
  ],
  [{ port: 0 }, 'vault.server.port must be a whole number from 1 to 65495, got 0;'],
  [{ port: 1.5 }, 'vault.server.port must be a whole number from 1 to 65495, got 1.5;'],
  [{ port: '8200' }, 'vault.server.port must be a whole number from 1 to 65495, got "8200";'],
  [
    { storage: { data: '0Gi' } },
    'storage.data must be a quantity like "512Mi" or "10Gi", from "1Gi" to "64Ti", got "0Gi"',
  ],
  [
    { storage: { audit: '65Ti' } },
    'storage.audit must be a quantity like "512Mi" or "10Gi", from "1Gi" to "64Ti", got "65Ti"',
  ],
  [{ memory: '128Mi' }, 'vault.server.memory must be a quantity like "512Mi" or "10Gi", from "256Mi" to'],
  [{ cpu: '9m' }, 'vault.server.cpu must be a quantity like "250m" or "2", from "10m" to "1000", got "9m"'],
  [{ prometheusRetentionSeconds: -1 }, 'prometheusRetentionSeconds must be a whole number of at least 0, got -1;'],
  [
    { snapshots: { host: 's3', bucket: 'b', credentialsSecret: 's', days: 0 } },
    'vault.server.snapshots.days must be a whole number of at least 1, got 0;',
  ],
  [{ allowedNamespaces: [] }, 'vault.server.allowedNamespaces must name at least one namespace, got []; leave it out'],
  [{ audit: 'x' }, 'vault.server.audit must be "volume" or "stdout", got "x"; use "volume" to keep it'],
])('the server refuses %j', (input, problem) => {
  expect(() => declareStack(input)).toThrow(problem);
});

it.each(['openbao/openbao:2.7.2@sha256:abc', `openbao/openbao:2.7.2@sha512:${'b'.repeat(64)}`])(
  'the server refuses the image %s, whose digest is invalid',
  (image) => {
    expect(() => declareStack({ image })).toThrow(
      /^deployment.ts: vault.server.image must be an image, with or without/,
    );
    expect(() => declareStack({ pluginImage: image })).toThrow(/^deployment.ts: vault.server.pluginImage must be an/);
  },
);

describe('a chart on this machine', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));

  it('a chart on this machine replaces the chart of the repository', () => {
    const path = join(folder, 'openbao-0.29.2.tgz');
    writeFileSync(path, '');
    const [release] = resources(declareStack({ chart: { path } }), 'helm_release');
    expect(release).toMatchObject({ chart: path });
    expect(release).not.toHaveProperty('repository');
  });

  it('a chart on this machine must match its declared sha256', () => {
    const path = join(folder, 'openbao-0.29.2.tgz');
    writeFileSync(path, 'the archive');
    const sha256 = createHash('sha256').update('the archive').digest('hex');
    expect(() => declareStack({ chart: { path, sha256 } })).not.toThrow();
    writeFileSync(path, 'another archive');
    expect(() => declareStack({ chart: { path, sha256 } })).toThrow(`must have sha256 ${sha256}, got `);
    expect(() => declareStack({ chart: { sha256 } })).toThrow('vault.server.chart.sha256 needs chart.path');
  });

  it.each([
    [
      'an archive of another version',
      'openbao-0.28.0.tgz',
      undefined,
      'must be openbao-0.29.2, because this release needs that version',
    ],
    ['a folder of another version', 'openbao', 'name: openbao\nversion: 0.28.0\n', 'got openbao-0.28.0;'],
    ['a folder that is none', 'openbao', 'nothing', 'got a folder without a readable Chart.yaml;'],
  ])('the server refuses a chart on this machine that is %s', (_, name, chart, problem) => {
    const path = join(folder, name);
    if (chart === undefined) {
      writeFileSync(path, '');
    } else {
      mkdirSync(path);
      writeFileSync(join(path, 'Chart.yaml'), chart);
    }
    expect(() => declareStack({ chart: { path } })).toThrow(problem);
  });

  it('the server refuses a missing chart file and says how to pull it', () => {
    expect(() => declareStack({ chart: { path: join(folder, 'none') } })).toThrow('helm pull openbao');
  });
});
