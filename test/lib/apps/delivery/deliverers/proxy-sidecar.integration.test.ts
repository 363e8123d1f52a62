import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../../../lib/processes/free-port';
import { eventually } from '../../../../../rehearsal/eventually';
import { KubernetesCluster } from '../../../../../rehearsal/identity/kubernetes-cluster';
import { WrittenVault } from '../../../../../rehearsal/written-vault';
import { writeKubernetesLogin } from '../../../../fixtures/identities/kubernetes-login';
import { ContainerHere, containersUnavailable } from '../../../../fixtures/kubernetes/container-here';
import { ProxiedPod } from '../../../../fixtures/kubernetes/proxied-pod';
import { runCommand } from '../../../../fixtures/programs/command-run';
import { STARTED_WEBEX_TOKEN } from '../../../../fixtures/programs/script';
import { describeUnless } from '../../../../fixtures/runs/left-out';

/*
 * The pod of `kubernetes people-me --for proxy` on this machine: the command lines, variables, users and volumes of the
 * printed manifests, the real engine with its kubernetes method, and the simulated Webex.
 */

/** Pods never reach a loopback address, so the manifests name another one. */
const ADDRESS = 'https://vault.pods.example:8200';
const POD = { namespace: 'webex', serviceAccount: 'people-me' };
const TOKEN_FILE = '/var/run/secrets/webex-token-vault/token';

/** A program that calls Webex as an SDK does: with a base URL and a token. */
const CALL = `
const [method, path] = process.argv.slice(1);
fetch(new URL(path, process.env.WEBEX_BASE_URL), {
  method,
  headers: { Authorization: 'Bearer ' + process.env.WEBEX_ACCESS_TOKEN },
}).then(async (response) => console.log(response.status, await response.text()));
`;

describeUnless(containersUnavailable())('the pod of an app with a proxy', () => {
  let folder: string;
  let cluster: KubernetesCluster;
  let vault: WrittenVault;
  let jwt = '';
  let pod: ProxiedPod;
  let sidecar: ContainerHere;
  const outputs: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxied-pod-'));
    cluster = await KubernetesCluster.start();
    const kubernetes = { serviceAccounts: [POD.serviceAccount], namespaces: [POD.namespace] };
    const allow = ['GET /v1/people/*'];
    vault = await WrittenVault.start({
      apps: [{ name: 'people-me', reads: ['testauth'], allow, identity: { kubernetes } }],
    });
    await vault.authorize();
    await writeKubernetesLogin(vault, cluster, { role: 'people-me', ...POD });
    pod = new ProxiedPod(await printed(), folder, (audience) => {
      jwt = cluster.token({ ...POD, audiences: [audience, cluster.audience] });
      return jwt;
    });
    sidecar = startSidecar();
    await started();
  });

  afterAll(async () => {
    await sidecar[Symbol.asyncDispose]();
    await vault[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  /** The manifests, with the address and free ports of this machine. */
  async function printed(): Promise<string> {
    const args = ['people-me', '--for', 'proxy', '--address', ADDRESS, '--system-ca'];
    const { stdout, stderr, exitCode } = await runCommand('kubernetes', args, vault.environment);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    return stdout
      .replaceAll(ADDRESS, vault.server.address)
      .replaceAll('0.0.0.0:', '127.0.0.1:')
      .replaceAll('18201', String(await freePort()))
      .replaceAll('19201', String(await freePort()));
  }

  function startSidecar(env?: Readonly<Record<string, string>>): ContainerHere {
    return new ContainerHere(pod.sidecar(env), { '/node_modules/.bin/webex-token': STARTED_WEBEX_TOKEN });
  }

  /** Waits as the kubelet does before it starts the app. */
  async function started(): Promise<void> {
    const exitCode = await eventually(async () => {
      const { ok = false } = (await fetch(pod.probed).catch(() => undefined)) ?? {};
      return ok ? 'none, because it runs' : (sidecar.child.exitCode ?? undefined);
    });
    expect([exitCode, sidecar.stderr]).toEqual(['none, because it runs', expect.anything()]);
  }

  async function finished(container: ContainerHere) {
    const exitCode = await container.end();
    outputs.push(container.stdout, container.stderr);
    return { exitCode, stdout: container.stdout, stderr: container.stderr };
  }

  const call = (method: string, path: string) =>
    finished(new ContainerHere(pod.appWithKey('node', '-e', CALL, method, path)));

  const inApp = (script: string) => finished(new ContainerHere(pod.app('sh', '-c', script)));

  const keyFile = () => pod.fileIn('webex-keys', 'testauth');

  it('the startup probe succeeds once the key is in its file, which only the sidecar may write', () => {
    const { mode, uid, gid } = statSync(keyFile());
    expect([(mode & 0o777).toString(8), uid, gid]).toEqual(['640', 65531, 65532]);
    expect(readFileSync(keyFile(), 'utf8')).toMatch(/^[\w-]{43}$/);
  });

  it('the app gets through to Webex with the key and the address of its container alone', async () => {
    const { exitCode, stdout, stderr } = await call('GET', 'people/me');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^200 .*"emails":/);
    expect(vault.webex.requests.at(-1)).toMatchObject({ path: '/v1/people/me', status: 200 });
  });

  it('the rules of the declaration bind the app', async () => {
    expect((await call('POST', 'messages')).stdout).toMatch(/^403 \{"message":/);
    expect((await call('GET', 'rooms')).stdout).toMatch(/^403 \{"message":/);
    expect(vault.webex.requests.map(({ path }) => path)).not.toContain('/v1/rooms');
  });

  it('the container of the app has neither the token of the service account nor a variable of the identity', async () => {
    const { stdout } = await inApp(`env; ls -R /var/run/secrets; cat ${TOKEN_FILE} || echo none; id`);
    expect(stdout).toMatch(/^WEBEX_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1\/$/m);
    expect(stdout).toContain('/var/run/secrets:\nwebex\n\n/var/run/secrets/webex:\ntestauth\n');
    expect(stdout).toContain('none\nuid=65532 gid=65532 groups=65532\n');
    expect(stdout).not.toMatch(/VAULT_|BAO_|WEBEX_ALLOW|WEBEX_ACCESS_TOKEN/);
    expect(jwt).toMatch(/^ey/);
    // The sidecar's container has it.
    expect(readFileSync(pod.fileIn('vault-login', 'token'), 'utf8')).toBe(jwt);
  });

  it('the user of the app can read nothing of the process of the sidecar, even where processes are shared', async () => {
    const files = ['environ', 'root/var', 'fd', 'mem'].map((name) => `/proc/${sidecar.pid}/${name}`);
    expect((await inApp(`cat /proc/${sidecar.pid}/cmdline | tr '\\0' ' '`)).stdout).toContain('proxy testauth');
    for (const file of files) {
      const { exitCode, stdout, stderr } = await inApp(`if [ -d ${file} ]; then ls ${file}; else cat ${file}; fi`);
      expect({ file, exitCode: exitCode !== 0, stdout }).toEqual({ file, exitCode: true, stdout: '' });
      expect(stderr).toContain('Permission denied');
    }
  });

  it('the app can neither replace nor remove its key', async () => {
    const key = '/var/run/secrets/webex/testauth';
    for (const script of [`echo a > ${key}`, `rm ${key}`, `touch ${key}s`]) {
      expect((await inApp(script)).exitCode).not.toBe(0);
    }
    expect(existsSync(keyFile())).toBe(true);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'the key stays the same if the sidecar is restarted after %s',
    async (signal) => {
      const key = readFileSync(keyFile(), 'utf8');
      outputs.push(sidecar.stdout, sidecar.stderr);
      expect(await sidecar.stop(signal)).toBe(signal === 'SIGKILL' ? signal : 0);
      sidecar = startSidecar();
      await started();
      expect(readFileSync(keyFile(), 'utf8')).toBe(key);
      expect((await call('GET', 'people/me')).stdout).toMatch(/^200 /);
    },
  );

  it('a sidecar is healthy while Vault is away, and the app gets 503', async () => {
    await sidecar.stop('SIGTERM');
    sidecar = startSidecar({ VAULT_ADDR: `http://127.0.0.1:${await freePort()}` });
    await started();
    expect((await call('GET', 'people/me')).stdout).toMatch(/^503 \{"message":/);
    expect((await fetch(pod.probed)).status).toBe(200);
    await sidecar.stop('SIGTERM');
    sidecar = startSidecar();
    await started();
    expect((await call('GET', 'people/me')).stdout).toMatch(/^200 /);
  });

  it('neither container prints a token or the key', () => {
    const secrets = [jwt, readFileSync(keyFile(), 'utf8'), ...vault.issued];
    expect(secrets.length).toBeGreaterThan(4);
    const all = [...outputs, sidecar.stdout, sidecar.stderr].join('\n');
    expect(all).toContain('"path":"/v1/people/me"');
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  });
});
