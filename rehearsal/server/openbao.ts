import { randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';
import { initReply, leaderReply } from '../../lib/vault/replies';
import { VaultClient } from '../../lib/vault/vault-client';
import { freePort } from '../../lib/processes/free-port';
import { productOf, type ServerProduct } from '../../lib/processes/server-program';
import { ServerProcess, ServerStartError } from '../../lib/processes/server-process';

const HOST = '127.0.0.1';

/** How often a port that was free a moment ago may turn out to be taken. */
const PORT_ATTEMPTS = 5;

/** A busy machine elects a leader in minutes. */
const ACTIVE_TIMEOUT_MS = 300_000;
const POLL_MS = 50;

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
  /** `static` opens by itself whenever it starts, and is OpenBao's alone; `shamir` has to be opened. @default "shamir" */
  readonly seal?: 'shamir' | 'static';
  /** Another port where it speaks TLS, and asks clients for a certificate. @default - plain HTTP alone */
  readonly tls?: TlsListener;
  /** @default "info" */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

export interface TlsListener {
  /** PEM files of a certificate for `localhost`, and of its key. */
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM file of the CA without whose certificate nobody is let in. @default - everybody is */
  readonly requiredClientCaFile?: string;
}

interface StartedProcess {
  readonly process: ServerProcess;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tlsAddress?: string;
}

/**
 * An OpenBao or Vault server on loopback for trying out and for tests: a full server, initialized and unsealed.
 */
export class OpenBaoServer implements AsyncDisposable {
  #process: ServerProcess;
  readonly #options: OpenBaoServerOptions;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #rootToken: string;
  /** Like `https://localhost:8200`, where it has a listener for that. */
  readonly tlsAddress?: string;
  /** None where it opens by itself. */
  readonly #unsealKey: string | undefined;

  private constructor(
    options: OpenBaoServerOptions,
    { process, config, tlsAddress }: StartedProcess,
    /** What the binary says that it is. */
    readonly product: ServerProduct,
    rootToken: string,
    unsealKey: string | undefined,
  ) {
    this.#options = options;
    this.#process = process;
    this.#config = config;
    this.tlsAddress = tlsAddress;
    this.#rootToken = rootToken;
    this.#unsealKey = unsealKey;
  }

  /** @throws ExplainedError where the port is taken, or the server does not start or has no such seal */
  static async start(options: OpenBaoServerOptions): Promise<OpenBaoServer> {
    const { binary, seal = 'shamir' } = options;
    const product = await productOf(binary);
    if (product === 'Vault' && seal === 'static') {
      throw new ExplainedError(
        `${binary} is HashiCorp Vault, which has no seal "static"; use seal "shamir", or a bao binary`,
      );
    }
    const started = await startProcess(options, product);
    try {
      const vault = new VaultClient({ address: started.process.address });
      const shares = seal === 'static' ? 'recovery' : 'secret';
      const request = { [`${shares}_shares`]: 1, [`${shares}_threshold`]: 1 };
      const { keys_base64: keys, root_token } = await vault.write('sys/init', request, initReply);
      const [unsealKey] = seal === 'static' ? [] : keys;
      const server = new OpenBaoServer(options, started, product, root_token, unsealKey);
      await server.unseal();
      return server;
    } catch (error) {
      await started.process.stop();
      throw error;
    }
  }

  /** Ends it as a crash would. What it has in memory is lost, and what Raft has stored stays. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /**
   * Starts it again after `kill` or `stop`, at the same address and on the same data. It is open if its seal opens it.
   *
   * @throws ExplainedError where there is nothing to start on, or the server does not start
   */
  async startAgain(): Promise<void> {
    const { binary, workDirectory, raftDirectory, seal } = this.#options;
    if (raftDirectory === undefined) {
      throw new ExplainedError('the server stored in memory, so nothing is left of it; start it with a raftDirectory');
    }
    const { address } = this;
    await this.#process.stop();
    this.#process = await ServerProcess.start({ binary, config: this.#config, address, workDirectory });
    if (seal === 'static') {
      await this.unseal();
    }
  }

  /** Closes it; it answers nothing but that it is sealed. */
  async seal(): Promise<void> {
    await new VaultClient({ address: this.address, token: this.#rootToken }).write('sys/seal', {});
  }

  /** Opens it, where its seal does not, and waits until it serves. */
  async unseal(): Promise<void> {
    const vault = new VaultClient({ address: this.address });
    if (this.#unsealKey !== undefined) {
      await vault.write('sys/unseal', { key: this.#unsealKey });
    }
    await untilActive(vault);
  }

  /** Like `http://127.0.0.1:8200`. */
  get address(): string {
    return this.#process.address;
  }

  /** Undefined if its seal opens it. */
  get unsealKey(): string | undefined {
    return this.#unsealKey;
  }

  get rootToken(): string {
    return this.#rootToken;
  }

  /** All it printed since it was started last. */
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
  {
    binary,
    pluginDirectory,
    port = 0,
    workDirectory,
    raftDirectory,
    seal,
    tls,
    logLevel = 'info',
  }: OpenBaoServerOptions,
  product: ServerProduct,
): Promise<StartedProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const chosenPort = port === 0 ? await freePort() : port;
    const address = `http://${HOST}:${chosenPort}`;
    const tlsPort = tls && (await freePort());
    const config = {
      ...(raftDirectory === undefined ? { storage: [{ inmem: {} }] } : await raftStorage(raftDirectory)),
      listener: [
        { tcp: { address: `${HOST}:${chosenPort}`, tls_disable: true } },
        ...(tls ? [{ tcp: { address: `${HOST}:${tlsPort}`, ...tlsSettings(tls) } }] : []),
      ],
      api_addr: address,
      // The server compares real paths, and a home folder may be a link.
      plugin_directory: await realpath(pluginDirectory).catch(() => pluginDirectory),
      ...(seal === 'static' ? { seal: [{ static: staticSeal() }] } : {}),
      log_level: logLevel,
      // Vault would need a privilege to lock its memory; OpenBao no longer does that, and knows no such setting.
      ...(product === 'Vault' ? { disable_mlock: true } : {}),
    };
    try {
      const started = await ServerProcess.start({ binary, config, address, workDirectory });
      return { process: started, config, tlsAddress: tls && `https://localhost:${tlsPort}` };
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

function tlsSettings({ certFile, keyFile, requiredClientCaFile }: TlsListener): Record<string, unknown> {
  return {
    tls_cert_file: certFile,
    tls_key_file: keyFile,
    ...(requiredClientCaFile === undefined
      ? {}
      : { tls_require_and_verify_client_cert: true, tls_client_ca_file: requiredClientCaFile }),
  };
}

/** The cluster of one node, which nobody joins, has a port all the same. */
async function raftStorage(folder: string): Promise<Record<string, unknown>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    storage: [{ raft: { path: folder, node_id: 'rehearsal', performance_multiplier: 1 } }],
    cluster_addr: `http://${HOST}:${await freePort()}`,
  };
}

/** Its key stands in the configuration, which is private and goes with the server. */
function staticSeal(): Record<string, string> {
  return { current_key_id: 'rehearsal', current_key: randomBytes(32).toString('base64') };
}

/** With Raft, an unsealed server does not lead at once. */
async function untilActive(vault: VaultClient): Promise<void> {
  const deadline = Date.now() + ACTIVE_TIMEOUT_MS;
  for (;;) {
    // A server whose seal opens it answers before that, but not who leads.
    if (!(await vault.sealStatus()).sealed) {
      const { ha_enabled, is_self } = await vault.read('sys/leader', leaderReply);
      if (!ha_enabled || is_self) {
        return;
      }
    }
    if (Date.now() > deadline) {
      throw new ExplainedError(
        `the server at ${vault.address} does not lead itself after ${ACTIVE_TIMEOUT_MS / 1000} s; start it again on a machine that has less to do`,
      );
    }
    await sleep(POLL_MS);
  }
}
