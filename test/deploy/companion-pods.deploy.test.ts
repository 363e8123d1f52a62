import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATORS_VARIABLE, writeOperatorLogin } from '../../lib/operators/operator-folder';
import { renewOperator } from '../../lib/operators/operators';
import { freePort } from '../../lib/processes/free-port';
import { eventually } from '../../rehearsal/eventually';
import { WrittenVault } from '../../rehearsal/written-vault';
import { PodHere } from '../fixtures/kubernetes/pod-here';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { runCommand } from '../fixtures/programs/command-run';
import { describeUnless } from '../fixtures/runs/left-out';
import { docker, dockerUnavailable } from '../fixtures/worlds/docker-engine';
import { busyboxBase } from '../fixtures/worlds/image-bases';
import { ProgramImage } from '../fixtures/worlds/program-image';

/*
 * The containers of the printed manifests in the image of the program: the user, the read-only root, the arguments, the
 * variables and the volumes of the pod. Docker takes the place of a kubelet.
 */

/** Pods never reach a loopback address, so the manifests name another one. */
const ADDRESS = 'https://vault.pods.example:8200';

describeUnless(dockerUnavailable())('the image in the pods of the printed manifests', () => {
  let image: ProgramImage;
  let vault: WrittenVault;
  let webhook: RecordingServer;

  beforeAll(async () => {
    image = await ProgramImage.build();
    vault = await WrittenVault.start();
    webhook = await RecordingServer.start((_, response) => response.writeHead(204).end());
    const operators = join(vault.folder, 'secrets/operators');
    mkdirSync(operators, { recursive: true });
    await vault.operatorToken('observer');
    await renewOperator(vault.admin, 'observer', (login) => writeOperatorLogin(operators, 'observer', login));
    writeFileSync(join(vault.folder, 'FILE'), `${webhook.address}/hook`);
  });
  afterAll(async () => {
    await webhook[Symbol.asyncDispose]();
    await vault[Symbol.asyncDispose]();
    await image[Symbol.asyncDispose]();
  });

  async function podOf(command: string): Promise<PodHere> {
    const args = ['--run', command, '--address', ADDRESS, '--system-ca'];
    const { stdout } = await runCommand('kubernetes', args, { ...vault.environment, [OPERATORS_VARIABLE]: '' });
    return new PodHere(stdout, vault.folder);
  }

  /** The container, with the files of its volumes as a kubelet leaves them for `fsGroup`. */
  async function containerOf(pod: PodHere, instead: Readonly<Record<string, string>> = {}) {
    const container = pod.container({ [ADDRESS]: vault.server.address, ...instead });
    for (const { folder, readOnly } of container.volumes) {
      chmodSync(folder, readOnly ? 0o755 : 0o2775);
      const owned = `chgrp -R 65532 /given && chmod -R g+${readOnly ? 'rX' : 'rwX'} /given`;
      await docker(
        ...['run', '--rm', '--user', '0', '--network', 'none', '--volume', `${folder}:/given`],
        ...[await busyboxBase(), 'sh', '-c', owned],
      );
    }
    return container;
  }

  test('the job of status reports a change once, and its record outlives the container', async () => {
    const pod = await podOf('status');
    for (const job of ['first', 'next']) {
      const { args, ...props } = await containerOf(pod);
      const { exitCode, stdout, stderr } = await image.run(args, props);
      expect({ job, exitCode, stderr }).toEqual({ job, exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^CRITICAL - \d+ of \d+ broken.*\n$/);
    }
    expect(webhook.requests).toHaveLength(1);
    expect(webhook.requests[0]?.body).toContain('credential testauth: never authorized');
  });

  test('the pod of metrics is alive and ready, and ends at SIGTERM', async () => {
    const pod = await podOf('metrics');
    const address = `127.0.0.1:${await freePort()}`;
    const { args, ...props } = await containerOf(pod, { '0.0.0.0:18200': address });
    const container = await image.start(args, props);
    try {
      for (const path of pod.probed) {
        await eventually(() =>
          fetch(`http://${address}${path}`).then(
            ({ ok }) => ok || undefined,
            () => undefined,
          ),
        );
      }
      const [, used = '0'] =
        /^([\d.]+)MiB/.exec(await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', container)) ?? [];
      process.stdout.write(`The container of metrics uses ${used} MiB.\n`);
      await docker('stop', '--time', '600', container);
      expect(await docker('inspect', container, '--format', '{{.State.ExitCode}}')).toBe('0');
    } finally {
      await docker('rm', '--force', container);
    }
  });
});
