import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';
import { killAtExit, run } from '../../lib/processes/child-process';
import { freePort } from '../../lib/processes/free-port';

/** Debian has it in a package of this name. */
export const IMAGE_REGISTRY = 'docker-registry';

const POLL_MS = 50;

/** A registry of images on a free port of loopback, without TLS and with a storage of its own. */
export class ImageRegistry implements AsyncDisposable {
  private constructor(
    /** Host and port, as in the names of images. */
    readonly host: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** Why this machine has no such registry. @returns undefined if it has one */
  static async missing(): Promise<string | undefined> {
    const { exitCode } = await run(IMAGE_REGISTRY, ['--version']);
    return exitCode === 0 ? undefined : `${IMAGE_REGISTRY} is not on PATH; install Debian's package ${IMAGE_REGISTRY}`;
  }

  /** @throws ExplainedError if the registry ends before it answers */
  static async start(): Promise<ImageRegistry> {
    const folder = await mkdtemp(join(tmpdir(), 'image-registry-'));
    const host = `127.0.0.1:${await freePort()}`;
    const file = join(folder, 'registry.yml');
    // JSON is YAML.
    const configuration = {
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'images') } },
      http: { addr: host },
    };
    await writeFile(file, JSON.stringify(configuration));
    const child = spawn(IMAGE_REGISTRY, ['serve', file], { stdio: 'ignore' });
    child.once('exit', killAtExit(child));
    const registry = new ImageRegistry(host, folder, child);
    while (!(await registry.#answers())) {
      if (child.exitCode !== null || child.signalCode !== null) {
        await rm(folder, { recursive: true, force: true });
        throw new ExplainedError(
          `${IMAGE_REGISTRY} ended at once (${child.exitCode ?? child.signalCode}); run "${IMAGE_REGISTRY} serve" by hand`,
        );
      }
      await sleep(POLL_MS);
    }
    return registry;
  }

  #answers(): Promise<boolean> {
    return fetch(`http://${this.host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
