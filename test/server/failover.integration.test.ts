import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../fixtures/eventually';
import { ProductionServer, type ProductionNode } from '../fixtures/production-server';
import { onOpenBao } from '../fixtures/server-product';
import { WebexEngine } from '../fixtures/webex-engine';

/** The engine takes a token for expired 10 s before it is: these are good for 3 s. */
const ACCESS_TOKEN_TTL_SECONDS = 13;

const raftReply = z.object({
  data: z.object({ config: z.object({ servers: z.array(z.object({ voter: z.boolean() })) }) }),
});

/** An app that reads all the time, from whichever node answers. */
class Reader {
  /** Access tokens, in the order in which they came. */
  readonly tokens: string[] = [];
  /** Longest time between two successful reads. */
  longestGapMs = 0;
  reads = 0;
  readonly #loop: Promise<void>;
  #lastReadMs = Date.now();
  #stopped = false;

  constructor(
    private readonly engine: WebexEngine,
    private readonly clients: readonly VaultClient[],
  ) {
    this.#loop = this.#read();
  }

  /** Until the engine has handed out so many more tokens. */
  async seesNewTokens(count: number): Promise<void> {
    const target = this.tokens.length + count;
    await eventually(() => Promise.resolve(this.tokens.length >= target || undefined));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #read(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      const client = this.clients[turn % this.clients.length];
      const token = client && (await this.engine.read(client, 'testauth').catch(() => undefined));
      if (token !== undefined) {
        this.reads += 1;
        this.longestGapMs = Math.max(this.longestGapMs, Date.now() - this.#lastReadMs);
        this.#lastReadMs = Date.now();
        if (!this.tokens.includes(token)) {
          this.tokens.push(token);
        }
      }
      await sleep(50);
    }
  }
}

onOpenBao.describe('three production nodes', () => {
  let engine: WebexEngine;
  let server: ProductionServer;
  let rootToken: string;

  beforeAll(async () => {
    // Each refresh token is good once: a second refresh of the same one, or one that is not stored, loses the grant.
    engine = await WebexEngine.start({ refresh: 'rotate' });
    server = await ProductionServer.start({ nodes: 3 });
    ({ rootToken } = await server.initialise());
    await engine.setUp(server.node.client(rootToken));
    // Half the default; the rest is the interval at which the server looks.
    const soon = { server_stabilization_time: '1s' };
    await server.node.client(rootToken).write('sys/storage/raft/autopilot/configuration', soon);
    await untilAllVote(server.node.client(rootToken));
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  it('refresh an expired token once, whichever nodes it is read from', async () => {
    // Of these the engine takes each for expired at once.
    engine.webex.behaviour.accessTokenTtlSeconds = 11;
    await engine.authorise(server.node.client(rootToken), 'expiring');
    await sleep(1500);
    engine.webex.behaviour.accessTokenTtlSeconds = 3600;
    const before = engine.refreshes.length;

    const clients = server.nodes.map((node) => node.client(rootToken));
    const reads = [...clients, ...clients, ...clients].map((client) => engine.read(client, 'expiring'));

    expect(new Set(await Promise.all(reads)).size).toBe(1);
    expect(engine.refreshes.slice(before)).toEqual([200]);
  });

  it('keep the grant when the leader is killed: reads resume, and each due time has one refresh', async () => {
    const clients = server.nodes.map((node) => node.client(rootToken));
    engine.webex.behaviour.accessTokenTtlSeconds = ACCESS_TOKEN_TTL_SECONDS;
    await server.node.client(rootToken).write('oauthapp/config', {
      tune_refresh_check_interval_seconds: 1,
      tune_reap_check_interval_seconds: 0,
    });
    const before = engine.refreshes.length;
    await engine.authorise(server.node.client(rootToken), 'testauth');
    const reader = new Reader(engine, clients);
    try {
      await reader.seesNewTokens(2);
      // Just after a refresh, so that none is on its way: what Webex has sent and nobody has stored is lost with the node.
      const [old] = await leaders(server.nodes);
      reader.longestGapMs = 0;
      await old?.kill();
      await eventually(async () => (await leaders(server.nodes))[0]);
      await reader.seesNewTokens(2);
      await reader.stop();

      process.stderr.write(`leader killed: the longest wait for a read was ${reader.longestGapMs} ms\n`);
      expect(reader.longestGapMs).toBeLessThan(60_000);
      const [leader] = await leaders(server.nodes);
      expect(leader).toBeDefined();
      expect(leader).not.toBe(old);
      // No more than one for each token that was handed out, and none refused.
      expect(engine.refreshes.slice(before)).toEqual(reader.tokens.slice(1).map(() => 200));

      await old?.start();
      const back = old?.client(rootToken);
      // It opens itself and passes what it is asked on to the leader.
      await eventually(async () => back && engine.read(back, 'testauth'));
      expect(await leaders(server.nodes)).toEqual([leader]);
      expect(engine.refreshes).not.toContain(400);
    } finally {
      await reader.stop();
    }
  });
});

async function leaders(nodes: readonly ProductionNode[]): Promise<ProductionNode[]> {
  const active = await Promise.all(nodes.map((node) => node.isActive()));
  return nodes.filter((_, index) => active[index]);
}

async function untilAllVote(vault: VaultClient): Promise<void> {
  await eventually(async () => {
    const { servers } = (await vault.read('sys/storage/raft/configuration', raftReply)).data.config;
    return (servers.length === 3 && servers.every(({ voter }) => voter)) || undefined;
  });
}
