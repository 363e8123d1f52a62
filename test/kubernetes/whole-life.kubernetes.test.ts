import { readFileSync, readdirSync, statSync } from 'node:fs';
import { z } from 'zod';
import { readCredential } from '#core';
import { snapshotAccount } from '../../lib/declaration/schema/server/kubernetes-server-declaration';
import { readKeyShares } from '../../lib/operators/key-shares';
import { saveSnapshot } from '../../lib/server/snapshots/raft-snapshot';
import { withRootToken } from '../../lib/server/keys/root-token';
import { succeeded } from '../fixtures/worlds/deployed-server';
import { eventually } from '../../rehearsal/eventually';
import { ClusterNamespace } from '../fixtures/kubernetes/cluster/cluster-namespace';
import { ClusterServer } from '../fixtures/kubernetes/cluster/cluster-server';
import { clusterUnavailable } from '../fixtures/kubernetes/cluster/kubectl';
import { pluginsInImage, type PluginInImage } from '../fixtures/kubernetes/cluster/plugins-in-image';
import { outage, ReaderPod } from '../fixtures/kubernetes/cluster/reader-pod';
import { imagesUnavailable, PLUGIN_FOLDER, TEST_CHART, TEST_IMAGES } from '../fixtures/kubernetes/cluster/test-images';
import { WebexPod } from '../fixtures/kubernetes/cluster/webex-pod';
import { describeUnless } from '../fixtures/runs/left-out';
import { steps } from '../fixtures/runs/steps';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * A server on a real Kubernetes, from an empty namespace to its deletion. The test uses the project's own commands, the
 * real Terraform and the vendor's chart. A pod reads its token all the time. Only Webex is simulated, in a pod.
 *
 * KUBECONFIG names the cluster: kind, k3s, or any other with storage and DNS.
 * test/fixtures/kubernetes/cluster/test-images.ts lists the other requirements. The test has its own namespace, which
 * is deleted at the end.
 */

const CREDENTIALS = ['testauth', 'second', 'third'];
const SCOPES = ['spark:people_read'];
const APP = 'reader';
/** The bucket does not exist, because the job only logs in. */
const SNAPSHOTS = { schedule: '0 0 29 2 *', host: 's3.invalid', bucket: 'grants', days: 14, credentialsSecret: 's3' };

const loginReply = z.object({ auth: z.object({ client_token: z.string() }) });

const raftReply = z.object({
  data: z.object({ config: z.object({ servers: z.array(z.object({ voter: z.boolean() })) }) }),
});

const unavailable = clusterUnavailable() ?? imagesUnavailable() ?? terraformUnavailable(['vault', 'helm']);

describeUnless(unavailable)('a server on Kubernetes', () => {
  let namespace: ClusterNamespace;
  let webex: WebexPod;
  let server: ClusterServer;
  let plugins: [PluginInImage, PluginInImage];
  let reader: ReaderPod;
  const parts: AsyncDisposable[] = [];
  const step = steps();

  beforeAll(async () => {
    namespace = kept(await ClusterNamespace.create());
    webex = kept(await WebexPod.start(namespace.kubectl, TEST_IMAGES.node, SCOPES));
    plugins = await pluginsInImage(namespace.kubectl);
    const kubernetes = { serviceAccounts: [APP], namespaces: [namespace.name] };
    await namespace.kubectl.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SNAPSHOTS.credentialsSecret },
      stringData: { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
    });
    server = kept(
      await ClusterServer.prepare(
        namespace,
        {
          webex: { apiUrl: webex.apiUrl },
          engine: { plugin: plugins[0] },
          integrations: [{ name: 'webex-myapp', clientId: webex.clientId, redirectUrl: webex.redirectUrl }],
          credentials: CREDENTIALS.map((name) => ({ name, integration: 'webex-myapp', scopes: SCOPES })),
          apps: [{ name: APP, reads: ['testauth'], identity: { kubernetes } }],
        },
        {
          image: TEST_IMAGES.server,
          pluginImage: TEST_IMAGES.plugin,
          pluginFolder: PLUGIN_FOLDER,
          chart: { path: TEST_CHART },
          snapshots: SNAPSHOTS,
          // The empty affinity lets all pods run on one node.
          values: { server: { affinity: '', ...webex.relayValues } },
        },
      ),
    );
    namespace.alsoRemoves(`clusterrolebinding/${server.server.releaseName}-server-binding`);
  });
  afterAll(async () => {
    for (const part of parts.reverse()) {
      await part[Symbol.asyncDispose]();
    }
  });

  /** Registers a part for the clean-up, which also follows a failed test. The last part is removed first. */
  function kept<T extends AsyncDisposable>(part: T): T {
    parts.push(part);
    return part;
  }

  /** State of each grant after a refresh now, and whether Webex accepts the new token. */
  const grants = async (): Promise<Record<string, string>> => {
    const vault = await server.as('authorizer');
    const states = await Promise.all(
      CREDENTIALS.map(async (name) => {
        const read = async () => (await readCredential(vault.connection, 'oauthapp', name)).accessToken;
        const before = await read();
        // A read that asks for a longer lifetime than any token has causes one refresh, and an error.
        await vault.read(`oauthapp/creds/${name}?minimum_seconds=99999999`, z.unknown()).catch(() => undefined);
        const after = await read();
        const isGood = await webex.isAccepted(after);
        return [name, isGood ? (after === before ? 'not refreshed' : 'refreshed') : 'refused'];
      }),
    );
    return Object.fromEntries(states) as Record<string, string>;
  };
  const allRefreshed = Object.fromEntries(CREDENTIALS.map((name) => [name, 'refreshed']));

  const leads = (): Promise<string> => eventually(() => server.leader(), 120_000, 250);

  const deployTokens = async (): Promise<string> => {
    const env = { TF_VAR_webex_myapp_client_secret: webex.clientSecret };
    return succeeded(await server.stack('deploy', 'webex-tokens', env)).stdout;
  };

  /** Restarts each pod, the leader last. */
  const replacePods = async (): Promise<void> => {
    const leader = await leads();
    for (const pod of [...server.pods.filter((name) => name !== leader), leader]) {
      await server.deletePod(pod);
      await server.untilSealed(pod);
      succeeded(await server.unseal(pod));
      await server.untilReady(pod);
    }
  };

  step('is deployed, initialized and unsealed, and leaves nothing to deploy', async () => {
    const startedAt = Date.now();
    succeeded(await server.stack('deploy', 'vault-server'));
    note('deploy vault-server', startedAt);
    await server.untilRunning();
    note('until all pods ran', startedAt);
    await server.forward();
    succeeded(await server.script('init', ['--operators', server.operators]));
    for (const pod of server.pods.slice(1)) {
      await server.untilSealed(pod);
      succeeded(await server.unseal(pod));
    }
    note('until all nodes were unsealed', startedAt);
    await server.untilReady(...server.pods);
    expect(succeeded(await server.stack('diff', 'vault-server')).stdout).toContain('No changes');
    await voters(3);
    note('until all nodes could vote', startedAt);
  });

  step('runs without any privilege, on a root file system that nobody writes to', async () => {
    const [pod = ''] = server.pods;
    const inside = (...command: string[]): Promise<string> =>
      namespace.kubectl.run(['exec', pod, '-c', server.server.product, '--', ...command]);
    expect(await inside('sh', '-c', 'id -u; id -g')).toBe('100\n1000');
    expect(
      await inside(
        'sh',
        '-c',
        'grep -hE "^(CapPrm|CapEff|CapBnd|NoNewPrivs)" /proc/1/status | tr -d "[:alpha:]:\\n\\t"',
      ),
    ).toBe(`${'0'.repeat(48)}1`);
    for (const file of ['/x', '/openbao/x', '/openbao/plugins/x', '/openbao/tls/x']) {
      await expect(inside('touch', file)).rejects.toThrow('Read-only file system');
    }
    await inside('sh', '-c', 'touch /tmp/x /openbao/data/x /openbao/logs/x && rm /openbao/data/x');
  });

  step('has its tokens deployed, and a person consents to each credential', async () => {
    await deployTokens();
    for (const name of CREDENTIALS) {
      const command = server.start('authorize', [name, '--no-open']);
      await webex.consent((await command.says(/(http:\/\/\S+\/authorize\?\S+)/))[1] ?? '');
      succeeded(await command.result());
    }
    expect(await grants()).toEqual(allRefreshed);
  });

  step('a pod reads its token by its service account', async () => {
    const printed = await server.script('kubernetes', [APP, '--image', TEST_IMAGES.node]);
    reader = await ReaderPod.start(namespace.kubectl, succeeded(printed).stdout, {
      CREDENTIAL: 'testauth',
      WEBEX_URL: webex.serviceUrl,
    });
    const readings = await eventually(async () => {
      const all = await reader.readings();
      return all.length >= 20 ? all : undefined;
    });
    expect(readings.filter(({ webex: status }) => status !== 200)).toEqual([]);
  });

  step('its leader deleted, the others go on; the pod that comes back is unsealed', async () => {
    const leader = await leads();
    const deletedAt = await server.deletePod(leader);
    const next = await eventually(async () => {
      const now = await server.leader();
      return now === leader ? undefined : now;
    }, 120_000);
    expect(server.pods).toContain(next);
    await server.untilSealed(leader);
    succeeded(await server.unseal(leader));
    await server.untilReady(...server.pods);
    note(`${leader} deleted, ${next} leads; until the pod that came back was ready`, deletedAt);
    const noticed = await noticedSince(deletedAt);
    expect(noticed.readings).toBeGreaterThan(20);
    expect(await grants()).toEqual(allRefreshed);
    await voters(3);
  });

  step('its leader killed, it is started again where it was, and the app goes on', async () => {
    const leader = await leads();
    const killedAt = Date.now();
    const kill = 'kill -9 $(pidof bao || pidof vault)';
    // The container can end before its answer arrives.
    await namespace.kubectl
      .run(['exec', leader, '-c', server.server.product, '--', 'sh', '-c', kill])
      .catch(() => undefined);
    const next = await eventually(async () => {
      const now = await server.leader();
      return now === leader ? undefined : now;
    }, 120_000);
    await server.untilSealed(leader);
    note(`${leader} killed, ${next} leads; until the one that came back was sealed`, killedAt);
    // The app keeps reading while the returned node is still sealed.
    const noticed = await noticedSince(killedAt, 5000);
    expect(noticed.readings).toBeGreaterThan(20);
    succeeded(await server.unseal(leader));
    await server.untilReady(...server.pods);
    expect(await grants()).toEqual(allRefreshed);
    await voters(3);
  });

  step('is backed up and watched: every grant is healthy, and the doctor finds nothing', async () => {
    succeeded(await server.script('backup create', [server.path('watched.snap')], server.pods.indexOf(await leads())));
    const status = await server.script('status', ['--verify', '--json']);
    const report = z
      .object({ credentials: z.array(z.object({ name: z.string(), state: z.string() })) })
      .parse(JSON.parse(status.stdout));
    expect(report.credentials.map(({ name, state }) => [name, state])).toEqual(
      CREDENTIALS.map((name) => [name, 'healthy']),
    );
    const doctor = await server.script('doctor', []);
    expect({ status: status.exitCode, doctor: doctor.exitCode, said: status.stdout + doctor.stdout }).toMatchObject({
      status: 0,
      doctor: 0,
    });
  });

  step("the chart's job may take a snapshot by its service account, and nothing else", async () => {
    const { name, path, audience } = snapshotAccount(server.server);
    const jwt = await namespace.kubectl.run(['create', 'token', name, `--audience=${audience}`]);
    const client = server.client(server.pods.indexOf(await leads()));
    const { auth } = await client.write(`auth/${path}/login`, { role: name, jwt }, loginReply);
    const job = client.withToken(auth.client_token);
    await saveSnapshot(job.connection, server.path('job.snap'));
    expect(statSync(server.path('job.snap')).size).toBeGreaterThan(1000);
    await expect(job.read('oauthapp/creds/testauth', z.unknown())).rejects.toThrow('permission denied');
    const other = await namespace.kubectl.run(['create', 'token', APP, `--audience=${audience}`]);
    await expect(client.write(`auth/${path}/login`, { role: name, jwt: other }, loginReply)).rejects.toThrow();
  });

  step('is upgraded pod by pod, the leader last, with refreshing paused: every grant is kept', async () => {
    const revision = async (pod: string): Promise<string | undefined> =>
      (await server.pod(pod)).metadata.labels['controller-revision-hash'];
    const before = await Promise.all(server.pods.map(revision));
    server.declare({ logLevel: 'debug', image: TEST_IMAGES.nextServer });
    const startedAt = Date.now();
    succeeded(await server.script('pause', []));
    succeeded(await server.stack('deploy', 'vault-server'));
    // The deploy itself restarts no pod.
    expect(await Promise.all(server.pods.map(revision))).toEqual(before);
    await replacePods();
    succeeded(await server.script('resume', []));
    note('upgrade of all nodes', startedAt);
    const after = await Promise.all(server.pods.map(revision));
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(before[0]);
    await noticedSince(startedAt);
    expect(await grants()).toEqual(allRefreshed);
    expect(succeeded(await server.stack('diff', 'webex-tokens')).stdout).toContain('No changes');
  });

  step('its plugin is upgraded by another one of the same image: every grant is kept', async () => {
    const { engine } = server.deployment;
    server.declare({}, { engine: { ...engine, plugin: { ...engine.plugin, ...plugins[1] } } });
    // From now on, the init container checks the new plugin.
    succeeded(await server.stack('deploy', 'vault-server'));
    await deployTokens();
    const leader = await leads();
    const running = await namespace.kubectl.run([
      'exec',
      leader,
      '-c',
      server.server.product,
      '--',
      'ps',
      '-o',
      'args',
    ]);
    expect(running).toMatch(new RegExp(`/plugins/${plugins[1].command}$`, 'm'));
    expect(await grants()).toEqual(allRefreshed);
  });

  step('is backed up, and a grant that was lost since is back after a restore', async () => {
    const file = server.path('grants.snap');
    const leader = await leads();
    // Any node passes the request on to the leader.
    const standby = server.pods.findIndex((pod) => pod !== leader);
    const { stderr } = succeeded(await server.script('backup create', [file], standby));
    expect(stderr).toContain(`asking its leader, https://127.0.0.1:`);
    await (await server.as('authorizer')).delete('oauthapp/creds/third');
    await expect(grants()).rejects.toThrow('third');
    const restored = await server.script(
      'restore',
      [file, '--credential', 'third', '--key-shares', server.operators, '--operators', server.operators, '--yes'],
      standby,
    );
    expect(succeeded(restored).stdout).toContain('Credential "third" can be read');
    for (const pod of server.pods) {
      await eventually(
        async () => {
          if (!(await server.client(server.pods.indexOf(pod)).sealStatus()).sealed) {
            return true;
          }
          succeeded(await server.unseal(pod));
          return undefined;
        },
        120_000,
        1000,
      );
    }
    await server.untilReady(...server.pods);
    const { third } = await grants();
    expect(third).toBe('refreshed');
  });

  step('no secret is in a state, a log or an object of the release', async () => {
    const { kubectl } = namespace;
    const logs = await Promise.all(
      server.pods.map((pod) => kubectl.run(['logs', pod, '-c', server.server.product, '--tail=-1'])),
    );
    const files = readdirSync(server.folder).filter((name) => name.includes('.tfstate'));
    const everything = [
      ...logs,
      await reader.logs(),
      await kubectl.run(['get', 'statefulsets,configmaps,pods,services', '-o', 'json']),
      ...files.map((name) => readFileSync(server.path(name), 'utf8')),
    ].join('\n');
    const shares = readdirSync(server.operators)
      .filter((name) => name.startsWith('key-share') || name.endsWith('-secret-id'))
      .map((name) => readFileSync(`${server.operators}/${name}`, 'utf8').trim());
    const secrets = [webex.clientSecret, ...shares];
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(secrets.length).toBeGreaterThan(8);
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
  });

  step('is destroyed, and its volumes stay', async () => {
    succeeded(await server.stack('destroy', 'vault-server'));
    const claims = await namespace.kubectl.get<{ items: { metadata: { name: string }; status: { phase: string } }[] }>(
      'persistentvolumeclaims',
    );
    expect(claims.items.map(({ status }) => status.phase)).toEqual(Array.from({ length: 6 }, () => 'Bound'));
    await eventually(async () => {
      const { items } = await namespace.kubectl.get<{ items: unknown[] }>('statefulsets');
      return items.length === 0 || undefined;
    });
  });

  /**
   * The outage of the app since then, once its reads succeed again.
   *
   * @param goodForMs least remaining lifetime of its token
   */
  async function noticedSince(then: number, goodForMs = 0): Promise<ReturnType<typeof outage>> {
    const now = Date.now();
    await eventually(
      async () => {
        const last = (await reader.readings()).slice(-10);
        return last.every(({ webex: status, startedAt }) => status === 200 && startedAt > now + goodForMs) || undefined;
      },
      60_000,
      500,
    );
    const noticed = outage(await reader.readings(), then, Date.now());
    note(`what the app noticed: ${JSON.stringify(noticed)}`);
    return noticed;
  }

  async function voters(count: number): Promise<void> {
    await withRootToken(await server.as('administrator'), readKeyShares({ keyShares: server.operators }), (root) =>
      eventually(
        async () => {
          const { servers } = (await root.read('sys/storage/raft/configuration', raftReply)).data.config;
          return (servers.length === count && servers.every(({ voter }) => voter)) || undefined;
        },
        120_000,
        500,
      ),
    );
  }
});

/** Measurements of the run, for people. */
function note(what: string, since?: number): void {
  const time = since === undefined ? '' : ` after ${((Date.now() - since) / 1000).toFixed(1)} s`;
  process.stderr.write(`kubernetes: ${what}${time}\n`);
}
