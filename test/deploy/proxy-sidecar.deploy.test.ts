import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../lib/processes/free-port';
import { eventually } from '../../rehearsal/eventually';
import { KubernetesCluster } from '../../rehearsal/identity/kubernetes-cluster';
import { WrittenVault } from '../../rehearsal/written-vault';
import { writeKubernetesLogin } from '../fixtures/identities/kubernetes-login';
import type { LocalContainer } from '../fixtures/kubernetes/container-here';
import { ProxiedPod } from '../fixtures/kubernetes/proxied-pod';
import { runCommand } from '../fixtures/programs/command-run';
import { describeUnless, NOT_ROOT } from '../fixtures/runs/left-out';
import { docker, dockerLogs, dockerUnavailable } from '../fixtures/worlds/docker-engine';
import { ProgramImage, type ContainerProps } from '../fixtures/worlds/program-image';

/*
 * The sidecar of `kubernetes people-me --for proxy` in the image of the program: the user, the read-only root, the command
 * line, the variables and the volumes of the pod. Docker takes the place of a kubelet.
 */

/** Pods never reach a loopback address, so the manifests name another one. */
const ADDRESS = 'https://vault.pods.example:8200';
const POD = { namespace: 'webex', serviceAccount: 'people-me' };

const CALL = `
fetch(new URL('people/me', process.env.WEBEX_BASE_URL), {
  headers: { Authorization: 'Bearer ' + require('node:fs').readFileSync('/var/run/secrets/webex/testauth', 'utf8') },
}).then(async (response) => console.log(response.status, await response.text()));
`;

describeUnless(dockerUnavailable() ?? NOT_ROOT)('the image of the program as a sidecar', () => {
  let folder: string;
  let image: ProgramImage;
  let cluster: KubernetesCluster;
  let vault: WrittenVault;
  let pod: ProxiedPod;
  let jwt = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxied-pod-'));
    image = await ProgramImage.build();
    cluster = await KubernetesCluster.start();
    const kubernetes = { serviceAccounts: [POD.serviceAccount], namespaces: [POD.namespace] };
    vault = await WrittenVault.start({ apps: [{ name: 'people-me', reads: ['testauth'], identity: { kubernetes } }] });
    await vault.authorize();
    await writeKubernetesLogin(vault, cluster, { role: 'people-me', ...POD });
    const args = ['people-me', '--for', 'proxy', '--address', ADDRESS, '--system-ca'];
    const { stdout } = await runCommand('kubernetes', args, vault.environment);
    const here = stdout
      .replaceAll(ADDRESS, vault.server.address)
      .replaceAll('0.0.0.0:', '127.0.0.1:')
      .replaceAll('18201', String(await freePort()))
      .replaceAll('19201', String(await freePort()));
    pod = new ProxiedPod(here, folder, (audience) => {
      jwt = cluster.token({ ...POD, audiences: [audience, cluster.audience] });
      return jwt;
    });
  });
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
    await image[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function inImage({ command, user, group, ...rest }: LocalContainer): [args: readonly string[], ContainerProps] {
    const [entryPoint, ...args] = command;
    return [args, { ...rest, entryPoint, user: `${user}:${group}` }];
  }

  test('the sidecar gives the app Webex by a key, in few bytes of memory, and ends at SIGTERM', async () => {
    const sidecar = await image.start(...inImage(pod.sidecar()));
    try {
      await eventually(async () => {
        const { ok = false } = (await fetch(pod.probed).catch(() => undefined)) ?? {};
        return ok || (await docker('inspect', sidecar, '--format', '{{.State.Running}}')) !== 'true' || undefined;
      });
      // The base has Node too, and the app is only a user and volumes.
      const { exitCode, stdout, stderr } = await image.run(...inImage(pod.app('node', '--eval', CALL)));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^200 .*"emails":/);
      const memory = await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', sidecar);
      process.stdout.write(`The container of the proxy uses ${memory}.\n`);
      await docker('stop', '--time', '600', sidecar);
      expect(await docker('inspect', sidecar, '--format', '{{.State.ExitCode}}')).toBe('0');
      const logs = await dockerLogs(sidecar);
      expect(logs).toContain('"path":"/v1/people/me","status":200');
      const secrets = [jwt, readFileSync(pod.fileIn('webex-keys', 'testauth'), 'utf8'), ...vault.issued];
      expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
    } finally {
      await docker('rm', '--force', sidecar);
    }
  });
});
