import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { freePort } from '../../lib/processes/free-port';

/** A proxy before the upstream: ours, or nginx. */
export class ProxyProcess implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly key: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts `webex-token proxy` as an app does, with request lines in a file. @param env identity of the app */
  static async ours(
    command: string,
    { folder, upstream, env }: { folder: string; upstream: number; env: NodeJS.ProcessEnv },
  ): Promise<ProxyProcess> {
    const port = await freePort();
    const keyFile = join(folder, `key-${port}`);
    const args = ['proxy', 'testauth', '--listen', `127.0.0.1:${port}`, '--upstream', `http://127.0.0.1:${upstream}`];
    const files = ['--key-file', keyFile, '--log', join(folder, `log-${port}`)];
    const child = spawn(command, [...args, ...files], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    while (!said.includes('export ')) {
      await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
      if (child.exitCode !== null) {
        throw new ExplainedError(`webex-token proxy ended: ${said}`);
      }
    }
    return new ProxyProcess(port, (await readFile(keyFile, 'utf8')).trim(), child);
  }

  /** Takes over a started nginx. */
  static of(port: number, child: ChildProcess): ProxyProcess {
    return new ProxyProcess(port, 'none', child);
  }

  /** Peak of its memory in MiB. @returns undefined on a system without /proc */
  async peakMiB(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
  }
}
