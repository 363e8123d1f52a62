import { mkdtempSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { eventually } from '../../rehearsal/eventually';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { chartUnavailable } from '../fixtures/kubernetes/manifests/charts';
import { declaredChart, type KubernetesServerInput } from '../fixtures/kubernetes/manifests/declared-chart';
import { kubeconform } from '../fixtures/kubernetes/manifests/kubeconform';
import { configurationOf, RenderedServer } from '../fixtures/kubernetes/manifests/rendered-server';
import { describeUnless } from '../fixtures/runs/left-out';

const monitoring = { labels: { release: 'prometheus' }, tokenSecret: 'prometheus-token' };

const snapshots = { host: 's3.example.com', bucket: 'snapshots', credentialsSecret: 's3' };
const withSnapshots: [string, Partial<KubernetesServerInput>, string[]] = [
  'with snapshots',
  { snapshots },
  ['CronJob'],
];

describe.each(['openbao', 'vault'] as const)('of a server of %s on Kubernetes,', (product) => {
  describeUnless(chartUnavailable(product))('what the chart renders', () => {
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
  const folder = mkdtempSync(join(tmpdir(), 'rendered-'));
  afterAll(() => rmSync(folder, { recursive: true }));

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
