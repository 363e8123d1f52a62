import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ExplainedError } from 'webex-token-client/core';
import { VaultClient } from '../../lib/vault/vault-client';
import { freePort } from '../../lib/process/free-port';
import { productOf, type ServerProduct } from '../../lib/process/server-program';
import { ServerProcess, ServerStartError } from '../../lib/process/server-process';

const HOST = '127.0.0.1';

/** How often a port that was free a moment ago may turn out to be taken. */
const PORT_ATTEMPTS = 5;

const ACTIVE_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

const initReply = z.object({ keys: z.tuple([z.string()]), root_token: z.string() });

export interface OpenBaoServerOptions {
  /** Path of a `bao` or `vault` binary. */
  readonly binary: string;
  /** Folder with the plugin binaries, and nothing else. */
  readonly pluginDirectory: string;
  /** On 127.0.0.1; 0: any that is free. @default 0 */
  readonly port?: number;
  /** Where its configuration file goes, to stay. @default - a private temporary folder, removed when it ends */
  readonly workDirectory?: string;
  /** Private folder to store in by Raft, which alone can be backed up; it takes a second longer. @default - in memory */
  readonly raftDirectory?: string;
}

/**
 * An OpenBao or Vault server on loopback for trying out and for tests: a full server, initialised and unsealed. Its
 * unseal key is known to nobody once `start` returns.
 */
export class OpenBaoServer implements AsyncDisposable {
  readonly #process: ServerProcess;
  readonly #rootToken: string;

  private constructor(
    process: ServerProcess,
    /** What the binary says that it is. */
    readonly product: ServerProduct,
    rootToken: string,
  ) {
    this.#process = process;
    this.#rootToken = rootToken;
  }

  /** @throws ExplainedError where the port is taken, or the server does not start */
  static async start(options: OpenBaoServerOptions): Promise<OpenBaoServer> {
    const product = await productOf(options.binary);
    const process = await startProcess(options, product);
    try {
      const vault = new VaultClient({ address: process.address });
      const { keys, root_token } = await vault.write('sys/init', { secret_shares: 1, secret_threshold: 1 }, initReply);
      await vault.write('sys/unseal', { key: keys[0] });
      await untilActive(vault);
      return new OpenBaoServer(process, product, root_token);
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  /** Like `http://127.0.0.1:8200`. */
  get address(): string {
    return this.#process.address;
  }

  get rootToken(): string {
    return this.#rootToken;
  }

  /** All it printed. */
  get log(): string {
    return this.#process.log;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Ends the server and its plugins, and removes its temporary folder. Does nothing the second time. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function startProcess(
  { binary, pluginDirectory, port = 0, workDirectory, raftDirectory }: OpenBaoServerOptions,
  product: ServerProduct,
): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const chosenPort = port === 0 ? await freePort() : port;
    const address = `http://${HOST}:${chosenPort}`;
    const config = {
      ...(raftDirectory === undefined ? { storage: [{ inmem: {} }] } : await raftStorage(raftDirectory)),
      listener: [{ tcp: { address: `${HOST}:${chosenPort}`, tls_disable: true } }],
      api_addr: address,
      // The server compares real paths, and a home folder may be a link.
      plugin_directory: await realpath(pluginDirectory).catch(() => pluginDirectory),
      log_level: 'info',
      // Vault would need a privilege to lock its memory; OpenBao no longer does that, and knows no such setting.
      ...(product === 'Vault' ? { disable_mlock: true } : {}),
    };
    try {
      return await ServerProcess.start({ binary, config, address, workDirectory });
    } catch (error) {
      const isTaken = error instanceof ServerStartError && error.isAddressTaken;
      if (isTaken && port !== 0) {
        throw new ExplainedError(`port ${port} on ${HOST} is taken; stop what listens there or choose another port`);
      }
      if (!isTaken || attempt === PORT_ATTEMPTS) {
        throw error;
      }
    }
  }
}

/** The cluster of one node, which nobody joins, has a port all the same. */
async function raftStorage(folder: string): Promise<Record<string, unknown>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    storage: [{ raft: { path: folder, node_id: 'rehearsal', performance_multiplier: 1 } }],
    cluster_addr: `http://${HOST}:${await freePort()}`,
  };
}

/** With Raft, an unsealed server does not lead at once. */
async function untilActive(vault: VaultClient): Promise<void> {
  const leader = z.object({ ha_enabled: z.boolean(), is_self: z.boolean().optional() });
  const deadline = Date.now() + ACTIVE_TIMEOUT_MS;
  for (;;) {
    const { ha_enabled, is_self } = await vault.read('sys/leader', leader);
    if (!ha_enabled || is_self) {
      return;
    }
    if (Date.now() > deadline) {
      throw new ExplainedError(
        `the server at ${vault.address} does not lead itself after ${ACTIVE_TIMEOUT_MS / 1000} s; start it again on a machine that has less to do`,
      );
    }
    await sleep(POLL_MS);
  }
}
