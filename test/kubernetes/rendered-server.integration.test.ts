import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { freePort } from '../../lib/processes/free-port';
import { ServerProcess } from '../../lib/processes/server-process';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { VaultClient } from '../../lib/vault/vault-client';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { findServer } from '../../rehearsal/server/server-binary';
import { eventually } from '../../rehearsal/eventually';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { chartUnavailable } from '../fixtures/kubernetes/manifests/charts';
import { declaredChart, type KubernetesServerInput } from '../fixtures/kubernetes/manifests/declared-chart';
import { kubeconform } from '../fixtures/kubernetes/manifests/kubeconform';
import { describeUnless } from '../fixtures/runs/left-out';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const configMap = z.object({
  kind: z.literal('ConfigMap'),
  data: z.object({ 'extraconfig-from-values.hcl': z.string() }),
});

/** The fields of a server's configuration with paths of its container or addresses of its pod. */
const configuration = z.looseObject({
  listener: z.array(z.object({ tcp: z.looseObject({}) })),
  storage: z.object({ raft: z.looseObject({ retry_join: z.array(z.looseObject({})).optional() }) }),
  audit: z.array(z.looseObject({ options: z.looseObject({}) })).optional(),
});

type RenderedConfiguration = z.output<typeof configuration>;

/**
 * The server's configuration in a rendered chart, as a pod's server reads it.
 *
 * @throws Error if the chart has no configuration, or if the configuration is no JSON
 */
function configurationOf(rendered: string, podName = 'a-pod-0'): RenderedConfiguration {
  for (const document of parseAllDocuments(rendered)) {
    const found = configMap.safeParse(document.toJSON());
    if (found.success) {
      // The start script of the pod makes the same replacement.
      const text = found.data.data['extraconfig-from-values.hcl'].replaceAll('HOSTNAME', podName);
      return configuration.parse(JSON.parse(text));
    }
  }
  throw new Error('no ConfigMap with a server configuration was rendered');
}

/**
 * A server process with a chart's rendered configuration. Paths and addresses are replaced by those of this machine.
 */
class RenderedServer implements AsyncDisposable {
  private constructor(
    private readonly process: ServerProcess,
    private readonly ca: string,
    /** Path of the audit log, if the configuration has one. */
    readonly auditLog: string,
  ) {}

  /** Starts an uninitialized server. @param folder for all its files */
  static async start(rendered: RenderedConfiguration, folder: string): Promise<RenderedServer> {
    const [port, clusterPort] = [await freePort(), await freePort()];
    const address = `https://127.0.0.1:${port}`;
    const authority = await CertificateAuthority.create();
    const host = { commonName: 'a-pod', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
    const { certificatePem, privateKeyPem } = await authority.issue(host);
    const path = (name: string): string => join(folder, name);
    await mkdir(path('data'), { recursive: true, mode: 0o700 });
    await Promise.all([
      writeFile(path('tls.crt'), certificatePem),
      writeFile(path('tls.key'), privateKeyPem, { mode: 0o600 }),
      writeFile(path('ca.crt'), authority.certificatePem),
    ]);
    const { listener, storage, audit } = rendered;
    const tcp = {
      address: `127.0.0.1:${port}`,
      cluster_address: `127.0.0.1:${clusterPort}`,
      tls_cert_file: path('tls.crt'),
      tls_key_file: path('tls.key'),
    };
    const retryJoin = storage.raft.retry_join?.map((node) => ({
      ...node,
      leader_api_addr: address,
      leader_ca_cert_file: path('ca.crt'),
    }));
    const process = await ServerProcess.start({
      binary: await findServer(),
      config: {
        ...rendered,
        // The service registration would label the server's own pod, which does not exist here.
        service_registration: undefined,
        api_addr: address,
        cluster_addr: `https://127.0.0.1:${clusterPort}`,
        listener: listener.map((each) => ({ tcp: { ...each.tcp, ...tcp } })),
        storage: { raft: { ...storage.raft, path: path('data'), retry_join: retryJoin } },
        plugin_directory: dirname(await findOauthappPlugin()),
        audit: audit?.map((each) => ({ ...each, options: { ...each.options, file_path: path('audit.log') } })),
      },
      address,
      ca: authority.certificatePem,
      workDirectory: folder,
    });
    return new RenderedServer(process, authority.certificatePem, path('audit.log'));
  }

  client(token?: string): VaultClient {
    return new VaultClient({ address: this.process.address, ca: this.ca, token });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process.stop();
  }
}

const monitoring = { labels: { release: 'prometheus' }, tokenSecret: 'prometheus-token' };

const snapshots = { host: 's3.example.com', bucket: 'snapshots', credentialsSecret: 's3' };
const withSnapshots: [string, Partial<KubernetesServerInput>, string[]] = [
  'with snapshots',
  { snapshots },
  ['CronJob'],
];

describe.each(['openbao', 'vault'] as const)('a server of %s on Kubernetes', (product) => {
  describeUnless(chartUnavailable(product))('with its chart', () => {
    it.each<[string, Partial<KubernetesServerInput>, string[]]>([
      ['by default', {}, ['StatefulSet', 'PodDisruptionBudget', 'NetworkPolicy']],
      ['with five nodes and a storage class', { nodes: 5, storage: { storageClass: 'fast' } }, ['StatefulSet']],
      ['with monitoring', { monitoring }, ['ServiceMonitor', 'PrometheusRule']],
      ...(product === 'openbao' ? [withSnapshots] : []),
    ])('Kubernetes accepts the rendered chart, %s', async (_, input, kinds) => {
      const manifests = await declaredChart(product, input);
      expect(kinds.filter((kind) => !manifests.includes(`\nkind: ${kind}\n`))).toEqual([]);
      expect(await kubeconform(manifests)).toEqual([]);
    });

    it('the rendered chart contains the complete configuration of the server', async () => {
      expect(configurationOf(await declaredChart(product), 'webex-token-vault-1')).toMatchObject({
        api_addr: 'https://webex-token-vault-1.webex-token-vault-internal.webex-token-vault.svc:8200',
        listener: [{ tcp: { tls_min_version: 'tls12' } }],
        storage: { raft: { node_id: 'webex-token-vault-1' } },
      });
    });
  });
});

const product = isOnVault ? 'vault' : 'openbao';

describeUnless(chartUnavailable(product))('the configuration that the chart renders', () => {
  const folder = temporaryFolder();

  it('the rendered configuration starts a real server, which audits, leads and stores', async () => {
    await using server = await RenderedServer.start(configurationOf(await declaredChart(product)), folder);
    const { root_token: token, keys } = await server
      .client()
      .write(
        'sys/init',
        { secret_shares: 1, secret_threshold: 1 },
        z.object({ root_token: z.string(), keys: z.tuple([z.string()]) }),
      );
    await server.client().write('sys/unseal', { key: keys[0] });
    const leader = z.object({ ha_enabled: z.boolean(), is_self: z.boolean() });
    await eventually(async () => {
      const { is_self } = await server.client().read('sys/leader', leader);
      return is_self || undefined;
    });
    await eventually(() =>
      server
        .client(token)
        .write('sys/mounts/kept', { type: 'kv' })
        .then(
          () => true,
          () => undefined,
        ),
    );
    if (!isOnVault) {
      expect(readFileSync(server.auditLog, 'utf8')).toContain('sys/mounts/kept');
    }
  });
});
