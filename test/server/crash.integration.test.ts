import type { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../../rehearsal/eventually';
import { ProductionNodes } from '../../rehearsal/server/production-nodes';
import { WebexEngine } from '../../rehearsal/webex-engine';

/** Access token, once the server has unsealed itself and leads. */
function untilServing(engine: WebexEngine, vault: VaultClient): Promise<string> {
  return eventually(() => engine.read(vault, 'testauth'));
}

/** A server with the engine and the grant of `testauth`. */
async function withGrant(engine: WebexEngine, vault: VaultClient): Promise<VaultClient> {
  await engine.setUp(vault);
  await engine.authorize(vault, 'testauth');
  return vault;
}

describe('a production server that is killed', () => {
  it('a killed server unseals itself and has every grant, at any moment of concurrent consents and refreshes', async () => {
    // The refresh token rotates only in the next test.
    await using engine = await WebexEngine.start({ refresh: 'renew' });
    await using server = await ProductionNodes.start();
    const { rootToken } = await server.initialize();
    const vault = await withGrant(engine, server.node.client(rootToken));
    const authorized = ['testauth'];

    for (const killAfterRequests of [1, 7, 20]) {
      const before = engine.webex.requests.length;
      const refreshes = Array.from({ length: 20 }, () => engine.forceRefresh(vault, 'testauth'));
      const consents = Array.from({ length: 10 }, async (_, index) => {
        const name = `killed-after-${killAfterRequests}-${index}`;
        await engine.authorize(vault, name);
        // The server confirmed the write. The grant must therefore be stored.
        authorized.push(name);
      });
      await eventually(() => engine.webex.requests.length >= before + killAfterRequests || undefined, undefined, 0);
      await server.node.kill();
      await Promise.allSettled([...refreshes, ...consents]);

      await server.node.start();
      const tokens = [await untilServing(engine, vault)];
      for (const name of authorized) {
        tokens.push(await engine.read(vault, name));
      }
      await expect(Promise.all(tokens.map((token) => engine.isAccepted(token)))).resolves.not.toContain(false);
    }

    const before = engine.refreshes.length;
    for (const name of authorized) {
      await engine.forceRefresh(vault, name);
    }
    // Each refresh token is stored and valid.
    expect(engine.refreshes.slice(before)).toEqual(authorized.map(() => 200));
  });

  it('a killed server has the newest refresh token if Webex rotates it with each refresh', async () => {
    await using engine = await WebexEngine.start({ refresh: 'rotate' });
    await using server = await ProductionNodes.start();
    const { rootToken } = await server.initialize();
    const vault = await withGrant(engine, server.node.client(rootToken));

    for (let round = 0; round < 3; round += 1) {
      await engine.forceRefresh(vault, 'testauth');
      // The kill comes at once, because the engine stores a grant before it answers.
      await server.node.kill();
      await server.node.start();
      expect(await engine.isAccepted(await untilServing(engine, vault))).toBe(true);
    }
    await engine.forceRefresh(vault, 'testauth');
    expect(engine.refreshes).toEqual([200, 200, 200, 200]);
  });

  it('a killed server with a Shamir seal waits for a person, and has the grant after the unseal', async () => {
    await using engine = await WebexEngine.start();
    await using server = await ProductionNodes.start({ seal: 'shamir' });
    const { rootToken, share } = await server.initializeByShares();
    const vault = await withGrant(engine, server.node.client(rootToken));

    await server.node.kill();
    await server.node.start();
    await expect(vault.sealStatus()).resolves.toMatchObject({ initialized: true, sealed: true });
    await expect(engine.read(vault, 'testauth')).rejects.toMatchObject({ statusCode: 503 });

    await vault.write('sys/unseal', { key: share });
    expect(await engine.isAccepted(await untilServing(engine, vault))).toBe(true);
    await engine.forceRefresh(vault, 'testauth');
    expect(engine.refreshes).toEqual([200]);
  });
});
