import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raftReply } from '../../lib/vault/replies';
import { OpenBaoServer } from '../server/openbao';
import { eventually } from '../eventually';
import { ProductionNodes, type ProductionNode } from '../server/production-nodes';
import type { VaultClient } from '../../lib/vault/vault-client';

/** A server that several scenarios share, or that one scenario harms in this way. */
export type ServerKind = 'shared' | 'killed' | 'sealed' | 'failed over';

export interface OutageServer extends AsyncDisposable {
  /** Client with the root token. */
  readonly admin: VaultClient;
  /** Root clients of the nodes, in the order in which apps ask them. */
  readonly nodes: readonly VaultClient[];
  /** Stops the server or its leader, and lets it serve again. @default - none, because the server is shared */
  readonly harm?: { readonly strike: () => Promise<void>; readonly mend: () => Promise<void> };
}

/** Starts a server in which the plugin can be mounted. */
export async function startServer(kind: ServerKind): Promise<OutageServer> {
  return kind === 'failed over' ? await startCluster() : await startSingle(kind);
}

async function startSingle(kind: 'shared' | 'killed' | 'sealed'): Promise<OutageServer> {
  const folder = mkdtempSync(join(tmpdir(), 'outage-'));
  const server = await OpenBaoServer.start({
    raftDirectory: kind === 'shared' ? undefined : join(folder, 'raft'),
    logLevel: 'warn',
  });
  const { admin } = server;
  const harms = {
    shared: undefined,
    killed: {
      strike: () => server.kill(),
      mend: async () => {
        await server.startAgain();
        await server.unseal();
      },
    },
    sealed: { strike: () => server.seal(), mend: () => server.unseal() },
  };
  return {
    admin,
    nodes: [admin],
    harm: harms[kind],
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A production cluster: TLS, Raft, audit, a static seal. */
async function startCluster(): Promise<OutageServer> {
  const server = await ProductionNodes.start({ nodes: 3 });
  const { rootToken } = await server.initialize();
  const admin = server.node.client(rootToken);
  // Half the default. The server's own check interval adds to it.
  await admin.write('sys/storage/raft/autopilot/configuration', { server_stabilization_time: '1s' });
  await eventually(async () => {
    const { servers } = (await admin.read('sys/storage/raft/configuration', raftReply)).data.config;
    return (servers.length === server.nodes.length && servers.every(({ voter }) => voter)) || undefined;
  });
  let killed: ProductionNode | undefined;
  return {
    admin,
    nodes: server.nodes.map((node) => node.client(rootToken)),
    harm: {
      strike: async () => {
        killed = await leaderOf(server.nodes);
        await killed?.kill();
      },
      mend: async () => {
        await killed?.start();
        await eventually(() => killed?.client(rootToken).read('sys/mounts'));
      },
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function leaderOf(nodes: readonly ProductionNode[]): Promise<ProductionNode | undefined> {
  const active = await Promise.all(nodes.map((node) => node.isActive()));
  return nodes.find((_, index) => active[index]);
}
