import { mkdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';
import { initReply, leaderReply } from '../../lib/vault/replies';
import { VaultClient } from '../../lib/vault/vault-client';
import { freePort } from '../../lib/processes/free-port';
import { productOf, type ServerProduct } from '../../lib/processes/server-program';
import { ServerProcess, ServerStartError } from '../../lib/processes/server-process';
import { findOauthappPlugin } from './oauthapp-plugin';
import { findServer, SERVER_VARIABLE } from './server-binary';

const HOST = '127.0.0.1';

/** Another process can take a free port before the server does. */
const PORT_ATTEMPTS = 5;

/** A busy machine elects a leader in minutes. */
const ACTIVE_TIMEOUT_MS = 300_000;
const POLL_MS = 50;

export interface OpenBaoServerOptions {
  /** Path of a `bao` or `vault` binary. @default - the project's server */
  readonly binary?: string;
  /** Folder with plugin binaries only. @default - the folder of the project's plugin */
  readonly pluginDirectory?: string;
  /** Private folder of Raft storage, which alone can be backed up and starts a second later. @default - in memory */
  readonly raftDirectory?: string;
  /** Second listener, with TLS. @default - plain HTTP alone */
  readonly tls?: TlsListener;
  /** @default "info" */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

export interface TlsListener {
  /** PEM files of a certificate for `localhost` and of its key. */
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM file of the CA that client certificates must come from. @default - no client certificate is required */
  readonly requiredClientCaFile?: string;
}

interface StartedProcess {
  readonly process: ServerProcess;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tlsAddress?: string;
}

/** An initialized and unsealed OpenBao or Vault server on loopback, for rehearsals and tests. */
export class OpenBaoServer implements AsyncDisposable {
  #process: ServerProcess;
  readonly #config: Readonly<Record<string, unknown>>;
  /** Address such as `https://localhost:8200`, if a TLS listener was asked for. */
  readonly tlsAddress?: string;
  readonly #rootToken: string;
  readonly #unsealKey: string;

  private constructor(
    private readonly binary: string,
    readonly product: ServerProduct,
    { process, config, tlsAddress }: StartedProcess,
    { rootToken, unsealKey }: { readonly rootToken: string; readonly unsealKey: string },
  ) {
    this.#process = process;
    this.#config = config;
    this.tlsAddress = tlsAddress;
    this.#rootToken = rootToken;
    this.#unsealKey = unsealKey;
  }

  /** @throws ExplainedError if the server does not start */
  static async start(options: OpenBaoServerOptions = {}): Promise<OpenBaoServer> {
    const { binary = await findServer(), pluginDirectory = dirname(await findOauthappPlugin()) } = options;
    const isPinned = options.binary === undefined && !process.env[SERVER_VARIABLE];
    const product = isPinned ? 'OpenBao' : await productOf(binary);
    const started = await startProcess({ ...options, binary, pluginDirectory }, product);
    try {
      const vault = new VaultClient({ address: started.process.address });
      const request = { secret_shares: 1, secret_threshold: 1 };
      const { keys_base64, root_token } = await vault.write('sys/init', request, initReply);
      const secrets = { rootToken: root_token, unsealKey: keys_base64[0] ?? '' };
      const server = new OpenBaoServer(binary, product, started, secrets);
      await server.unseal();
      return server;
    } catch (error) {
      await started.process.stop();
      throw error;
    }
  }

  /** Kills the server, as a crash would. Raft's data stays. Data in memory is lost. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Starts a killed server with Raft storage again, sealed, at the same address and with the same data. */
  async startAgain(): Promise<void> {
    const { address } = this;
    await this.#process.stop();
    this.#process = await ServerProcess.start({ binary: this.binary, config: this.#config, address });
  }

  async seal(): Promise<void> {
    await this.admin.write('sys/seal', {});
  }

  /** Unseals the server, and waits until it serves. */
  async unseal(): Promise<void> {
    const vault = new VaultClient({ address: this.address });
    await vault.write('sys/unseal', { key: this.#unsealKey });
    await untilActive(vault);
  }

  /** Address such as `http://127.0.0.1:8200`. */
  get address(): string {
    return this.#process.address;
  }

  /** Client with the root token. */
  get admin(): VaultClient {
    return new VaultClient({ address: this.address, token: this.#rootToken });
  }

  get unsealKey(): string {
    return this.#unsealKey;
  }

  get rootToken(): string {
    return this.#rootToken;
  }

  /** Output since the last start. */
  get log(): string {
    return this.#process.log;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Ends the server and its plugins, and removes its temporary folder. A second call does nothing. */
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
    raftDirectory,
    tls,
    logLevel = 'info',
  }: OpenBaoServerOptions & { readonly binary: string; readonly pluginDirectory: string },
  product: ServerProduct,
): Promise<StartedProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const address = `http://${HOST}:${port}`;
    const tlsPort = tls && (await freePort());
    const config = {
      ...(raftDirectory === undefined ? { storage: [{ inmem: {} }] } : await raftStorage(raftDirectory)),
      listener: [
        { tcp: { address: `${HOST}:${port}`, tls_disable: true } },
        ...(tls ? [{ tcp: { address: `${HOST}:${tlsPort}`, ...tlsSettings(tls) } }] : []),
      ],
      api_addr: address,
      // The server compares real paths. A home folder can be a link.
      plugin_directory: await realpath(pluginDirectory).catch(() => pluginDirectory),
      log_level: logLevel,
      // Vault needs a privilege to lock memory. OpenBao has no such setting.
      ...(product === 'Vault' && { disable_mlock: true }),
    };
    try {
      const started = await ServerProcess.start({ binary, config, address });
      return { process: started, config, tlsAddress: tls && `https://localhost:${tlsPort}` };
    } catch (error) {
      const isTaken = error instanceof ServerStartError && error.isAddressTaken;
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
    ...(requiredClientCaFile !== undefined && {
      tls_require_and_verify_client_cert: true,
      tls_client_ca_file: requiredClientCaFile,
    }),
  };
}

async function raftStorage(folder: string): Promise<Record<string, unknown>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    storage: [{ raft: { path: folder, node_id: 'rehearsal', performance_multiplier: 1 } }],
    cluster_addr: `http://${HOST}:${await freePort()}`,
  };
}

/** With Raft, an unsealed server needs a moment to become the leader. */
async function untilActive(vault: VaultClient): Promise<void> {
  const deadline = Date.now() + ACTIVE_TIMEOUT_MS;
  for (;;) {
    const { ha_enabled, is_self } = await vault.read('sys/leader', leaderReply);
    if (!ha_enabled || is_self) {
      return;
    }
    if (Date.now() > deadline) {
      throw new ExplainedError(
        `the server at ${vault.address} is not the leader after ${ACTIVE_TIMEOUT_MS / 1000} s; start it again on a less busy machine`,
      );
    }
    await sleep(POLL_MS);
  }
}
