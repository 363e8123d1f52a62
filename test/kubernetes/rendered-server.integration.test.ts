import { mkdtempSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { VaultServer } from '../../constructs/server/vault-server';
import type { DeploymentInput } from '../../lib/declaration/deployment';
import { exampleDeployment, resources, synthesize, testApp } from '../fixtures/declaration';
import { eventually } from '../fixtures/eventually';
import { isOnVault } from '../fixtures/is-on-vault';
import { chartUnavailable } from '../fixtures/kubernetes/charts';
import { helmTemplate } from '../fixtures/kubernetes/helm';
import { kubeconform } from '../fixtures/kubernetes/kubeconform';
import { configurationOf, RenderedServer } from '../fixtures/kubernetes/rendered-server';
import { describeUnless } from '../fixtures/terraform-providers';

type ServerInput = Extract<NonNullable<DeploymentInput['vault']['server']>, { mode: 'kubernetes' }>;

const release = z.object({ name: z.string(), namespace: z.string(), values: z.tuple([z.string()]) });

/** What the declared chart makes of the declared values. */
async function rendered(flavour: 'openbao' | 'vault', input: Partial<ServerInput> = {}): Promise<string> {
  const server: ServerInput = { mode: 'kubernetes', flavour, ...input };
  const stack = synthesize(new VaultServer(testApp(), 'vault-server', exampleDeployment({ vault: { server } })));
  const [declared] = resources(stack, 'helm_release');
  const { name, namespace, values } = release.parse(declared);
  return helmTemplate({
    chart: flavour,
    release: name,
    namespace,
    values: z.record(z.string(), z.unknown()).parse(JSON.parse(values[0])),
    apiVersions: ['monitoring.coreos.com/v1'],
  });
}

const monitoring = { labels: { release: 'prometheus' }, tokenSecret: 'prometheus-token' };

const snapshots = { host: 's3.example.com', bucket: 'snapshots', credentialsSecret: 's3' };
const withSnapshots: [string, Partial<ServerInput>, string[]] = ['with snapshots', { snapshots }, ['CronJob']];

describe.each(['openbao', 'vault'] as const)('of a server of %s on Kubernetes,', (flavour) => {
  describeUnless(chartUnavailable(flavour))('what the chart renders', () => {
    it.each<[string, Partial<ServerInput>, string[]]>([
      ['by default', {}, ['StatefulSet', 'PodDisruptionBudget', 'NetworkPolicy']],
      ['with five nodes and a storage class', { nodes: 5, storage: { storageClass: 'fast' } }, ['StatefulSet']],
      ['with monitoring', { monitoring }, ['ServiceMonitor', 'PrometheusRule']],
      ...(flavour === 'openbao' ? [withSnapshots] : []),
    ])('is what Kubernetes accepts, %s', async (_, input, kinds) => {
      const manifests = await rendered(flavour, input);
      expect(kinds.filter((kind) => !manifests.includes(`\nkind: ${kind}\n`))).toEqual([]);
      expect(await kubeconform(manifests)).toEqual([]);
    });

    it('has the configuration of the server, whole', async () => {
      expect(configurationOf(await rendered(flavour), 'webex-token-vault-1')).toMatchObject({
        api_addr: 'https://webex-token-vault-1.webex-token-vault-internal.webex-token-vault.svc:8200',
        listener: [{ tcp: { tls_min_version: 'tls12' } }],
        storage: { raft: { node_id: 'webex-token-vault-1' } },
      });
    });
  });
});

const flavour = isOnVault ? 'vault' : 'openbao';

describeUnless(chartUnavailable(flavour))('the configuration that the chart renders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rendered-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('starts a real server, which audits, leads and stores', async () => {
    await using server = await RenderedServer.start(configurationOf(await rendered(flavour)), folder);
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
