import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, ExplainedError, VaultUnreachableError } from '#core';
import { VaultClient } from '../vault/vault-client';
import { killAtExit, killGroup, lastLine, withoutSecrets } from './child-process';

/** A busy machine may need minutes to start a server. */
const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 20;

/** The path of a socket has 103 characters at most. The folders and the name below the parent take 53 of them. */
const LONGEST_PARENT = 50;

/** Kills the server when the input of this script ends, which happens however this process ends. */
const WATCHDOG = 'read -r line; kill -KILL "-$1"; if [ -n "$2" ]; then rm -rf -- "$2"; fi';

export interface ServerProcessOptions {
  /** Path of a `bao` or `vault` binary. */
  readonly binary: string;
  /** The server's configuration, in its JSON form. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Address at which the configuration makes it listen, such as `http://127.0.0.1:8200`. */
  readonly address: string;
  /** PEM of the CA that signed the server's certificate. @default - none: no TLS, or a CA that the system knows */
  readonly ca?: string;
  /** Folder in which its configuration file is kept. @default - a private temporary folder, removed when it ends */
  readonly workDirectory?: string;
  /**
   * Opens its storage to a recovery token, and runs nothing else: no plugin, no lease, no audit device.
   *
   * @default false
   * @see https://openbao.org/docs/concepts/recovery-mode/
   */
  readonly recovery?: boolean;
}

/** The server ended before it answered. */
export class ServerStartError extends ExplainedError {
  override name = 'ServerStartError';

  /** @param reason in the server's words */
  constructor(
    binary: string,
    readonly reason: string,
  ) {
    super(`"${binary} server" ended at once with "${reason}"; correct that, and start it again`);
  }

  get isAddressTaken(): boolean {
    return this.reason.includes('address already in use');
  }
}

/** A `bao server` or `vault server` process of any configuration. It and its plugins never outlive this process. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #stdout = '';
  #stderr = '';
  #log = '';

  private constructor(
    readonly address: string,
    readonly pid: number,
    child: ChildProcess,
    temporaryFolder: string | undefined,
  ) {
    this.#child = child;
    const collect = (text: string): void => void (this.#log += text);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    [child.stdout, child.stderr].forEach((stream) => stream?.on('data', collect));
    const releaseExit = killAtExit(child, { group: true });
    const watchdog = startWatchdog(pid, temporaryFolder);
    child.once('exit', () => {
      // Its plugins would end by themselves, but only later.
      killGroup(pid);
      releaseExit();
      watchdog.kill('SIGKILL');
      removeFolder(temporaryFolder);
    });
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve());
    });
  }

  /** Starts the server and waits until it answers, sealed or not. @throws ServerStartError if it ends before */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const { binary, config, address, ca, workDirectory, recovery = false } = options;
    const temporaryFolder = workDirectory === undefined ? await makeTemporaryFolder() : undefined;
    let server: ServerProcess | undefined;
    try {
      const folder = temporaryFolder ?? workDirectory ?? '';
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const configFile = join(folder, 'server.json');
      await writeFile(configFile, JSON.stringify(config, undefined, 2), { mode: 0o600 });
      const args = ['server', `-config=${configFile}`, ...(recovery ? ['-recovery'] : [])];
      const child = await spawnServer(binary, args, temporaryFolder);
      server = new ServerProcess(address, child.pid, child.process, temporaryFolder);
      const vault = new VaultClient({ address, ca, timeoutMs: START_TIMEOUT_MS });
      await server.#untilUp(binary, vault, recovery ? 'sys/generate-recovery-token/attempt' : 'sys/seal-status');
      return server;
    } catch (error) {
      await server?.stop();
      removeFolder(temporaryFolder);
      throw error;
    }
  }

  get log(): string {
    return this.#log;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Stops it in good order, and kills it if that takes longer than the timeout. May be repeated. */
  async stop(timeoutMs = STOP_TIMEOUT_MS): Promise<void> {
    if (this.isRunning) {
      this.#child.kill('SIGTERM');
    }
    const killTimer = setTimeout(() => void this.kill(), timeoutMs);
    await this.#closed;
    clearTimeout(killTimer);
  }

  /** Ends it at once, as a crash would. Its stored files stay. */
  async kill(): Promise<void> {
    if (this.isRunning) {
      killGroup(this.pid);
    }
    await this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #untilUp(binary: string, vault: VaultClient, path: string): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!this.isRunning) {
        await this.#closed;
        throw new ServerStartError(binary, this.#reason());
      }
      // Its own output proves that this server answers, and no other one at the same address.
      if (this.#stdout.includes('server started!') && (await isAnswering(vault, path))) {
        return;
      }
      await sleep(POLL_MS);
    }
    throw new ExplainedError(
      `"${binary} server" did not answer at ${this.address} within ${START_TIMEOUT_MS / 1000} s, and printed last "${this.#reason()}"; check that its listener has this address`,
    );
  }

  /** It reports problems on stdout while it starts, and later in its log, on stderr. */
  #reason(): string {
    const failure = lastLine(this.#stdout, /error|fail|unknown|invalid/i) || lastLine(this.#stderr, /\[ERROR\]/);
    return failure || lastLine(this.#stdout) || lastLine(this.#stderr) || 'nothing';
  }
}

async function makeTemporaryFolder(): Promise<string> {
  const usual = tmpdir();
  const parent = usual.length > LONGEST_PARENT ? '/tmp' : usual;
  try {
    return await mkdtemp(join(parent, 'openbao-'));
  } catch (error) {
    const why = parent === usual ? '' : `, and ${usual} is too long for the sockets of plugins`;
    throw new ExplainedError(
      `no folder can be made in ${parent} (${errorCode(error)})${why}; set TMPDIR to a folder of at most ${LONGEST_PARENT} characters that can be written`,
    );
  }
}

/** It leads a process group of its own, so that we handle Ctrl-C, and its plugins end with it. */
async function spawnServer(binary: string, args: readonly string[], temporaryFolder?: string) {
  const child = spawn(binary, args, {
    // Plugins create their sockets in TMPDIR, and leave them there if they are killed.
    env: { ...withoutSecrets(), ...(temporaryFolder === undefined ? {} : { TMPDIR: temporaryFolder }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) {
    return { process: child, pid: child.pid };
  }
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
  throw new ExplainedError(
    `${binary} cannot be run (${error.code ?? error.message}); give the path of a bao or vault binary`,
  );
}

function startWatchdog(pid: number, temporaryFolder = ''): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', String(pid), temporaryFolder], {
    env: withoutSecrets(),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a watchdog, the server is still killed if this process exits by itself.
  watchdog.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as Socket | null)?.unref();
  return watchdog;
}

async function isAnswering(vault: VaultClient, path: string): Promise<boolean> {
  try {
    await vault.read(path);
    return true;
  } catch (error) {
    if (error instanceof VaultUnreachableError && error.networkCode === 'ECONNREFUSED') {
      return false;
    }
    throw error;
  }
}

function removeFolder(folder: string | undefined): void {
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}
