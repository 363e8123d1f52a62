import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { raftReply } from '../../lib/vault/replies';
import { VaultClient } from '../../lib/vault/vault-client';
import { findOauthappPlugin } from '../server/oauthapp-plugin';
import { OpenBaoServer } from '../server/openbao';
import { findServer } from '../server/server-binary';
import { eventually } from '../eventually';
import { ProductionNodes, type ProductionNode } from '../server/production-nodes';
import type { OutageServer } from './outage-server';
import type { Scenario } from './scenario';

/** Starts what a scenario needs, with the plugin to be mounted there. */
export async function startServer(kind: NonNullable<Scenario['server']>): Promise<OutageServer & AsyncDisposable> {
  return kind === 'failed over' ? await startCluster() : await startSingle(kind);
}

async function startSingle(kind: 'shared' | 'killed' | 'sealed'): Promise<OutageServer & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'outage-'));
  const server = await OpenBaoServer.start({
    binary: await findServer(),
    pluginDirectory: dirname(await findOauthappPlugin()),
    raftDirectory: kind === 'shared' ? undefined : join(folder, 'raft'),
    logLevel: 'warn',
  });
  const admin = new VaultClient({ address: server.address, token: server.rootToken });
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

/** As in production: TLS, Raft, audit, a static seal. */
async function startCluster(): Promise<OutageServer & AsyncDisposable> {
  const server = await ProductionNodes.start({ nodes: 3 });
  const { rootToken } = await server.initialize();
  const admin = server.node.client(rootToken);
  // Half the default; the rest is the interval at which the server looks.
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
