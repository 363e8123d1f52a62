import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode, ExplainedError, VaultUnreachableError } from '#core';
import { VaultClient } from '../vault/vault-client';
import { withoutSecrets } from './child-environment';
import { killAtExit, killGroup, lastLine } from './child-process';

/** A busy machine starts a server in minutes. */
const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 20;

/** A socket's path has 103 characters at most, and 53 of them are those of the folders and of the name below. */
const LONGEST_PARENT = 50;

/** Waits for its input to end, which it does when this process is gone, whatever ended it; then kills the server. */
const WATCHDOG = 'read -r line; kill -KILL "-$1"; if [ -n "$2" ]; then rm -rf -- "$2"; fi';

export interface ServerProcessOptions {
  /** Path of a `bao` or `vault` binary. */
  readonly binary: string;
  /** The server's configuration, in its JSON form. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where the configuration makes it listen, like `http://127.0.0.1:8200`. */
  readonly address: string;
  /** PEM of the CA that signed the server's certificate. @default - none: no TLS, or a CA that the system knows */
  readonly ca?: string;
  /** Where its configuration file goes, to stay. @default - a private temporary folder, removed when it ends */
  readonly workDirectory?: string;
  /**
   * Opens its storage to whoever has a recovery token, and runs nothing else: no plugin, no lease, no audit device.
   *
   * @default false
   * @see https://openbao.org/docs/concepts/recovery-mode/
   */
  readonly recovery?: boolean;
}

/** The server ended before it was up. */
export class ServerStartError extends ExplainedError {
  override name = 'ServerStartError';

  constructor(
    binary: string,
    /** Why, in the server's words. */
    readonly reason: string,
  ) {
    super(`"${binary} server" ended at once, saying "${reason}"; correct that and start it again`);
  }

  /** Whether another process listens where the server was to. */
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
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#log += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#log += text;
    });
    const releaseExit = killAtExit(child, { group: true });
    const watchdog = startWatchdog(pid, temporaryFolder);
    child.once('exit', () => {
      // Plugins notice by themselves that their server is gone, but not at once.
      killGroup(pid);
      releaseExit();
      watchdog.kill('SIGKILL');
      removeFolder(temporaryFolder);
    });
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve());
    });
  }

  /**
   * Starts the server and waits until it answers, sealed or not.
   *
   * @throws ServerStartError where it ends before that; ExplainedError where it does not answer in time
   */
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

  /** All it printed. */
  get log(): string {
    return this.#log;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Ends it in good order. Does nothing the second time.
   *
   * @param timeoutMs after this it is killed
   */
  async stop(timeoutMs = STOP_TIMEOUT_MS): Promise<void> {
    if (this.isRunning) {
      this.#child.kill('SIGTERM');
    }
    const killTimer = setTimeout(() => void this.kill(), timeoutMs);
    await this.#closed;
    clearTimeout(killTimer);
  }

  /** Ends it at once, as a crash would; what it stored in files stays. */
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
      // Only its own word tells that it is this server, and not another at the same address, that answers.
      if (this.#stdout.includes('server started!') && (await isAnswering(vault, path))) {
        return;
      }
      await sleep(POLL_MS);
    }
    throw new ExplainedError(
      `"${binary} server" did not answer at ${this.address} within ${START_TIMEOUT_MS / 1000} s, its last words were "${this.#reason()}"; check that its listener has this address`,
    );
  }

  /** What is wrong goes to stdout while it starts and to the log, on stderr, later. */
  #reason(): string {
    const failure = lastLine(this.#stdout, /error|fail|unknown|invalid/i) || lastLine(this.#stderr, /\[ERROR\]/);
    return failure || lastLine(this.#stdout) || lastLine(this.#stderr) || 'nothing';
  }
}

/** @throws ExplainedError where there is none in which plugins could have their sockets */
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

/** Leader of a process group of its own: Ctrl-C in the terminal is ours to handle, and its plugins end with it. */
async function spawnServer(
  binary: string,
  args: readonly string[],
  temporaryFolder?: string,
): Promise<{ process: ChildProcess; pid: number }> {
  const child = spawn(binary, args, {
    // Plugins make their sockets in TMPDIR, and leave them there when they are killed.
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
  // Without it the server is still killed when this process exits by itself.
  watchdog.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as Socket | null)?.unref();
  return watchdog;
}

async function isAnswering(vault: VaultClient, path: string): Promise<boolean> {
  try {
    await vault.read(path, z.object({}));
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
