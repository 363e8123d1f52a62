import { findServer } from '../../rehearsal/server/server-binary';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { findServerProgram } from '../../lib/processes/server-program';
import { grantPath } from '../../lib/server/snapshots/stored-grant';
import { saveSnapshot } from '../../lib/server/snapshots/raft-snapshot';
import { verifyCredentials, type VerifiedCredential } from '../../lib/server/snapshots/snapshot-verification';
import type { VaultClient } from '../../lib/vault/vault-client';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { ProductionNodes } from '../../rehearsal/server/production-nodes';
import { onOpenBao } from '../fixtures/runs/server-product';

/** Grants that no engine writes, in an engine that stores as it is told what the real one would. */
describe('what is found in a snapshot', () => {
  let server: ProductionNodes;
  let share: string;
  let file: string;

  beforeAll(async () => {
    server = await ProductionNodes.start({ seal: 'shamir' });
    const initialized = await server.initializeByShares();
    share = initialized.share;
    const root = server.node.client(initialized.rootToken);
    const entry = { access_token: 'a'.repeat(20), expiry: '2026-12-09T13:55:19.239499433Z' };
    for (const client of isOnVault ? [root] : [root, await namespaceBelow(root)]) {
      await client.write('sys/mounts/oauthapp', { type: 'kv' });
      await client.write(`oauthapp/${grantPath('short')}`, { ...entry, last_issue_time: '0001-01-01T00:00:00Z' });
    }
    await root.write(`oauthapp/${grantPath('torn')}`, { ...entry, access_token: '', refresh_token: 'secret' });
    await root.write(`oauthapp/${grantPath('refused')}`, {
      ...entry,
      refresh_token: 'secret',
      user_error: 'invalid_grant',
    });
    file = `${server.folder}/a.snap`;
    await saveSnapshot(root.connection, file);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Vault has namespaces for money alone. */
  async function namespaceBelow(root: VaultClient): Promise<VaultClient> {
    await root.write('sys/namespaces/team', {});
    await root.withNamespace('team').write('sys/namespaces/webex', {});
    return root.withNamespace('team/webex');
  }

  async function verify(names: readonly string[], changes: object = {}): Promise<VerifiedCredential[]> {
    const deployment = defineDeployment({
      vault: { address: server.node.address, ...changes },
      engine: { plugin: { name: 'kv', sha256: 'a'.repeat(64) } },
      integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' }],
      credentials: names.map((name) => ({ name, integration: 'webex-myapp', scopes: ['spark:people_read'] })),
    });
    const program = await findServerProgram(await findServer());
    const report = (): void => undefined;
    return verifyCredentials(deployment, { program, file, keyShares: shares(), report });
  }

  async function* shares(): AsyncGenerator<string> {
    yield await Promise.resolve(share);
  }

  it('the verification distinguishes present, absent, damaged and refused credentials without a token', async () => {
    const expireTime = new Date('2026-12-09T13:55:19.239Z');
    const present = { state: 'present', issueTime: undefined, expireTime };
    await expect(verify(['short', 'torn', 'refused', 'never'])).resolves.toEqual([
      { name: 'short', ...present, hasRefreshToken: false, isRefused: false },
      { name: 'torn', state: 'damaged', problem: 'access_token is missing or malformed' },
      { name: 'refused', ...present, hasRefreshToken: true, isRefused: true },
      { name: 'never', state: 'absent' },
    ]);
  });

  onOpenBao.it('the verification looks for a credential in the namespace of the deployment', async () => {
    // Side by side, as most of each is the server's own wait.
    await Promise.all([
      expect(verify(['short', 'torn'], { namespace: 'team/webex' })).resolves.toMatchObject([
        { name: 'short', state: 'present' },
        { name: 'torn', state: 'absent' },
      ]),
      expect(verify(['short'], { namespace: 'team' })).rejects.toThrow(
        /^the snapshot has nothing mounted at "oauthapp" in namespace "team", and not the engine "kv"; /,
      ),
      expect(verify(['short'], { namespace: 'other' })).rejects.toThrow(
        /^no namespace "other" is found in the snapshot; /,
      ),
    ]);
  });
});
