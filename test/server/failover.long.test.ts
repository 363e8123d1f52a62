import { setTimeout as sleep } from 'node:timers/promises';
import { raftReply } from '../../lib/vault/replies';
import type { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../../rehearsal/eventually';
import { ProductionNodes, type ProductionNode } from '../../rehearsal/server/production-nodes';
import { WebexEngine } from '../../rehearsal/webex-engine';

/** An app that reads continuously, from any node that answers. */
class Reader implements AsyncDisposable {
  /** Access tokens in the order of their arrival. */
  readonly tokens: string[] = [];
  reads = 0;
  readonly #loop: Promise<void>;
  #stopped = false;

  constructor(
    private readonly engine: WebexEngine,
    private readonly clients: readonly VaultClient[],
  ) {
    this.#loop = this.#read();
  }

  /** Waits for that many more successful reads. */
  async succeeds(count: number): Promise<void> {
    const target = this.reads + count;
    await eventually(() => this.reads >= target || undefined);
  }

  /** Waits until the engine has returned that many tokens in total. */
  async seesTokens(count: number): Promise<void> {
    await eventually(() => this.tokens.length >= count || undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #read(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      const client = this.clients[turn % this.clients.length];
      const token = client && (await this.engine.read(client, 'testauth').catch(() => undefined));
      if (token !== undefined) {
        this.reads += 1;
        if (!this.tokens.includes(token)) {
          this.tokens.push(token);
        }
      }
      await sleep(50);
    }
  }
}

/**
 * Due times of the refreshes of `testauth`. The test sets each due time, to keep refreshes away from the kill of a
 * leader.
 */
class DueTimes {
  #ttlSeconds = 3600;

  constructor(private readonly engine: WebexEngine) {}

  async authorize(vault: VaultClient): Promise<void> {
    this.engine.webex.behavior.accessTokenTtlSeconds = this.#ttlSeconds;
    await this.#refreshAhead(vault, 1);
    await this.engine.authorize(vault, 'testauth');
  }

  /** Sets the engine's refresh window so wide that the current token is due. The next token lives longer. */
  async fallDue(vault: VaultClient): Promise<void> {
    const aheadSeconds = 2 * this.#ttlSeconds;
    this.#ttlSeconds *= 4;
    this.engine.webex.behavior.accessTokenTtlSeconds = this.#ttlSeconds;
    await this.#refreshAhead(vault, aheadSeconds);
  }

  #refreshAhead(vault: VaultClient, seconds: number): Promise<void> {
    return vault.write('oauthapp/config', {
      tune_refresh_check_interval_seconds: 1,
      tune_refresh_expiry_delta_factor: seconds,
      tune_reap_check_interval_seconds: 0,
    });
  }
}

describe('three production nodes', () => {
  let engine: WebexEngine;
  let server: ProductionNodes;
  let client: (node: ProductionNode) => VaultClient;

  beforeAll(async () => {
    // Each refresh token is valid once. A second refresh with the same token loses the grant, and so does an unstored
    // answer.
    engine = await WebexEngine.start({ refresh: 'rotate' });
    // A leader steps down after 2.5 s without an answer. The default of 500 ms is too short on a busy machine.
    server = await ProductionNodes.start({ nodes: 3, settings: { performanceMultiplier: 5 } });
    const { rootToken } = await server.initialize();
    client = (node) => node.client(rootToken);
    await engine.setUp(client(server.node));
    // This is half the default. The rest of the wait is the server's check interval.
    const soon = { server_stabilization_time: '1s' };
    await client(server.node).write('sys/storage/raft/autopilot/configuration', soon);
    await untilAllVote(client(server.node));
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  it('the nodes refresh an expired token once, regardless of the node that reads it', async () => {
    // The engine treats a token as expired 10 s before its expiry.
    engine.webex.behavior.accessTokenTtlSeconds = 5;
    await engine.authorize(client(server.node), 'expiring');
    engine.webex.behavior.accessTokenTtlSeconds = 3600;
    const before = engine.refreshes.length;

    const clients = server.nodes.map(client);
    const reads = [...clients, ...clients, ...clients].map((each) => engine.read(each, 'expiring'));

    expect(new Set(await Promise.all(reads)).size).toBe(1);
    expect(engine.refreshes.slice(before)).toEqual([200]);
    // The next test counts the refreshes of one credential.
    await client(server.node).delete('oauthapp/creds/expiring');
  });

  it('the nodes keep the grant after the leader is killed: reads resume, and each due time has one refresh', async () => {
    const dueTimes = new DueTimes(engine);
    await dueTimes.authorize(client(server.node));
    const before = engine.refreshes.length;
    await using reader = new Reader(engine, server.nodes.map(client));
    await reader.seesTokens(1);
    for (const seen of [2, 3]) {
      await dueTimes.fallDue(client(server.node));
      await reader.seesTokens(seen);
    }
    // No refresh is under way, because an answer of Webex that is not stored yet is lost with the node.
    const [old] = await leaders(server.nodes);
    await old?.kill();
    const leader = await eventually(async () => (await leaders(server.nodes))[0]);
    expect(leader).not.toBe(old);
    await reader.succeeds(3);
    for (const seen of [4, 5]) {
      await dueTimes.fallDue(client(leader));
      await reader.seesTokens(seen);
    }
    // One refresh for each returned token, and none refused.
    expect(engine.refreshes.slice(before)).toEqual(reader.tokens.slice(1).map(() => 200));

    await old?.start();
    const back = old && client(old);
    // The node unseals itself and forwards requests to the leader.
    await eventually(async () => back && engine.read(back, 'testauth'));
    expect(await leaders(server.nodes)).toEqual([leader]);
    expect(engine.refreshes).not.toContain(400);
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
