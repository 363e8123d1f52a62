import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ServerConfiguration, type ClusterConfigurationProps } from '../../constructs/server/server-configuration';
import { productionServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { freePort } from '../../lib/processes/free-port';
import { findOauthappPlugin } from './oauthapp-plugin';
import { findServer } from './server-binary';
import { ServerProcess } from '../../lib/processes/server-process';
import {
  caCertificateFile,
  prepareCertificates,
  serverTlsFiles,
} from '../../lib/server/certificates/certificate-folder';
import { initReply, leaderReply } from '../../lib/vault/replies';
import { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../eventually';
import { isOnVault } from './is-on-vault';
import { UnsealingServer } from './unsealing-server';

export interface ProductionNodesOptions {
  /** @default 1 */
  readonly nodes?: number;
  /** `auto` unseals itself: by a static key on OpenBao, by a second server on Vault. @default "auto" */
  readonly seal?: 'auto' | 'shamir';
  /** Folder with the plugin binary. @default - the folder of the project's plugin */
  readonly pluginDirectory?: string;
  /** Path of a `bao` or `vault` binary. @default - the project's server */
  readonly binary?: string;
  /** Other settings of the cluster. @default - none */
  readonly settings?: Partial<ClusterConfigurationProps>;
  /** Settings of an existing server, which our own servers do not have. @default - none */
  readonly foreign?: Readonly<Record<string, unknown>>;
}

/** One node: a process that can be killed and started again with the same data. */
export class ProductionNode {
  #process?: ServerProcess;

  constructor(
    readonly configuration: ServerConfiguration,
    /** PEM of the CA that signed its certificate. */
    readonly ca: string,
    private readonly binary: string,
    private readonly workDirectory: string,
    private readonly unsealing?: UnsealingServer,
    private readonly foreign: Readonly<Record<string, unknown>> = {},
  ) {}

  get address(): string {
    return this.configuration.apiAddr;
  }

  /** Output of the current or last process. */
  get log(): string {
    return this.#process?.log ?? '';
  }

  client(token?: string): VaultClient {
    return new VaultClient({ address: this.address, ca: this.ca, token, timeoutMs: 60_000 });
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  /** Starts the node with the JSON of the construct. */
  async start(): Promise<void> {
    const json = this.configuration.toJson();
    const ours = this.unsealing?.withToken(json) ?? z.record(z.string(), z.unknown()).parse(JSON.parse(json));
    this.#process = await ServerProcess.start({
      binary: this.binary,
      config: { ...ours, ...this.foreign },
      address: this.address,
      ca: this.ca,
      workDirectory: this.workDirectory,
    });
  }

  /** Waits until the node leads, which takes a moment after it is unsealed. */
  async untilActive(): Promise<void> {
    await eventually(async () => (await this.isActive()) || undefined);
  }

  async isActive(): Promise<boolean> {
    return this.client()
      .read('sys/leader', leaderReply)
      .then(
        ({ is_self }) => is_self === true,
        () => false,
      );
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}

/** OpenBao or Vault in production mode on loopback: TLS with its own CA, Raft on disk, audit. */
export class ProductionNodes implements AsyncDisposable {
  private constructor(
    /** All files, removed at the end. */
    readonly folder: string,
    readonly nodes: readonly ProductionNode[],
    private readonly unsealing?: UnsealingServer,
  ) {}

  /** Starts uninitialized nodes. */
  static async start(options: ProductionNodesOptions = {}): Promise<ProductionNodes> {
    const folder = await mkdtemp(join(tmpdir(), 'production-'));
    let unsealing: UnsealingServer | undefined;
    let nodes: readonly ProductionNode[] = [];
    try {
      if (isOnVault && options.seal !== 'shamir') {
        unsealing = await UnsealingServer.start(join(folder, 'unsealing'));
      }
      nodes = await layOut(folder, options, unsealing);
      await Promise.all(nodes.map((node) => node.start()));
      return new ProductionNodes(folder, nodes, unsealing);
    } catch (error) {
      await new ProductionNodes(folder, nodes, unsealing)[Symbol.asyncDispose]();
      throw error;
    }
  }

  get caFile(): string {
    return caCertificateFile(join(this.folder, 'tls'));
  }

  get node(): ProductionNode {
    const [first] = this.nodes;
    if (first === undefined) {
      throw new Error('a server has at least one node');
    }
    return first;
  }

  /** The audit log, which all nodes share because they run on one machine. */
  get auditLog(): Promise<string> {
    return readFile(this.node.configuration.auditFilePath, 'utf8');
  }

  /** Initializes the first node, which its seal unseals. The others join by themselves. */
  async initialize(): Promise<{ rootToken: string }> {
    const request = { recovery_shares: 1, recovery_threshold: 1 };
    const { root_token: rootToken } = await this.node.client().write('sys/init', request, initReply);
    await this.node.untilActive();
    return { rootToken };
  }

  /** Initializes and unseals the only node, with one share. */
  async initializeByShares(): Promise<{ rootToken: string; share: string }> {
    const request = { secret_shares: 1, secret_threshold: 1 };
    const { root_token: rootToken, keys_base64: keys } = await this.node.client().write('sys/init', request, initReply);
    const share = keys[0] ?? '';
    await this.node.client().write('sys/unseal', { key: share });
    await this.node.untilActive();
    return { rootToken, share };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A kill is faster than a stop, and nothing is kept.
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.unsealing?.[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function layOut(
  folder: string,
  { nodes: count = 1, seal = 'auto', pluginDirectory, binary, settings, foreign }: ProductionNodesOptions,
  unsealing?: UnsealingServer,
): Promise<ProductionNode[]> {
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const tls = join(folder, 'tls');
  await prepareCertificates({ folder: tls, servers: names });
  const sealKey = join(folder, 'seal.key');
  await writeFile(sealKey, randomBytes(32).toString('base64'), { mode: 0o600 });
  const staticSeal = { type: 'static', currentKeyId: 'test-1', currentKeyFile: sealKey } as const;
  const nodes = await Promise.all(
    names.map(async (nodeId) => {
      const [port, clusterPort] = [await freePort(), await freePort()];
      const raftPath = join(folder, nodeId, 'data');
      await mkdir(raftPath, { recursive: true, mode: 0o700 });
      return {
        nodeId,
        apiAddr: `https://127.0.0.1:${port}`,
        clusterAddr: `https://127.0.0.1:${clusterPort}`,
        address: `127.0.0.1:${port}`,
        clusterAddress: `127.0.0.1:${clusterPort}`,
        tlsCertFile: serverTlsFiles(tls, nodeId).certFile,
        tlsKeyFile: serverTlsFiles(tls, nodeId).keyFile,
        raftPath,
      };
    }),
  );
  const [first] = nodes;
  const { prometheusRetentionSeconds, ui, logLevel } = productionServerDeclaration.parse({ mode: 'production' });
  const configurations = ServerConfiguration.ofCluster({
    prometheusRetentionSeconds,
    ui,
    logLevel,
    product: isOnVault ? 'vault' : 'openbao',
    nodes,
    leaderCaCertFile: caCertificateFile(tls),
    tlsCertFile: first?.tlsCertFile ?? '',
    tlsKeyFile: first?.tlsKeyFile ?? '',
    raftPath: first?.raftPath ?? '',
    pluginDirectory: pluginDirectory ?? dirname(await findOauthappPlugin()),
    auditFilePath: join(folder, 'audit.log'),
    seal: seal === 'shamir' ? undefined : (unsealing?.seal ?? staticSeal),
    ...settings,
  });
  const [program, ca] = [binary ?? (await findServer()), await readFile(caCertificateFile(tls), 'utf8')];
  return configurations.map(
    (configuration) =>
      new ProductionNode(configuration, ca, program, join(folder, configuration.nodeId), unsealing, foreign),
  );
}
