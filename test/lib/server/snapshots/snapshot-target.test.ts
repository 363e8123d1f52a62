import { snapshotTarget } from '../../../../lib/server/snapshots/snapshot-target';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* Errors that a real server does not answer on demand. The rest is in test/server. */

const TOKEN = 'hvs.CAESIJ0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c';

let vault: ScriptedVault;

beforeEach(async () => (vault = await ScriptedVault.start()));
afterEach(() => vault[Symbol.asyncDispose]());

it('the error hides a token that the server quotes after its initialization', async () => {
  const leading = { ha_enabled: true, is_self: true, active_time: '2026-11-25T00:00:00Z' };
  vault.answer('sys/seal-status', {
    body: { initialized: false, sealed: true, recovery_seal: true, version: '2.7.2', n: 0, t: 0, progress: 0 },
  });
  vault.answer('sys/init', { body: { keys_base64: [], recovery_keys_base64: ['share'], root_token: TOKEN } });
  vault.answer('sys/leader', { body: leading }, refusal(400, `no such token: ${TOKEN}`));
  const target = snapshotTarget(new VaultClient({ address: vault.address }), {
    file: 'a.snap',
    snapshotKey: () => Promise.reject(new Error('a seal opens the server')),
    asAdministrator: () => Promise.reject(new Error('no key shares are given')),
    confirm: () => Promise.resolve(),
    report: () => undefined,
  });
  await expect(target).rejects.toThrow(
    /^Vault answered 400 to GET sys\/leader: no such token: \[hidden\]; nothing was restored: the server at .+ has a key/,
  );
});
