import { untilRestored } from '../../../lib/server/restored-server';
import { VaultClient } from '../../../lib/vault/vault-client';
import { refusal, ScriptedVault } from '../../fixtures/scripted-vault';
import { useSleepClock } from '../../fixtures/sleep-clock';

/* What the real server does only where it is asked for its status in the wrong moment. The rest is in test/server. */

useSleepClock();

let vault: ScriptedVault;

beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer('sys/leader', refusal(503, 'Vault is sealed'));
  vault.answer('sys/unseal', refusal(400, 'failed to decrypt keys: authentication failed'));
});
afterEach(() => vault[Symbol.asyncDispose]());

function counts(shares: number, threshold: number): void {
  const status = { initialized: true, sealed: true, version: '2.7.2', progress: 0, n: shares, t: threshold };
  vault.answer('sys/seal-status', { body: status });
}

async function* keyShares(): AsyncGenerator<string> {
  yield* await Promise.resolve([Buffer.alloc(33, 1), Buffer.alloc(33, 2)].map((share) => share.toString('base64')));
}

async function wait(
  key: { shares: number; threshold: number },
  replaced?: typeof key,
  unsealTimeoutMs = 700,
): Promise<string[]> {
  const said: string[] = [];
  const options = { keyShares: keyShares(), unsealTimeoutMs, report: (line: string) => said.push(line) };
  const client = new VaultClient({ address: vault.address });
  await untilRestored(client, { activeBefore: undefined, foreign: true, key, replaced }, options).catch(
    (error: unknown) => said.push(String(error)),
  );
  return said;
}

test('a server that still counts shares as before is not given any, but to be restarted', async () => {
  counts(1, 1);
  const said = await wait({ shares: 5, threshold: 3 }, { shares: 1, threshold: 1 });
  expect(said[1]).toMatch(/^it still counts the shares of its key before: restart it now/);
  expect(said[2]).toMatch(/is not unsealed and active after 0\.7 s/);
  expect(vault.count('PUT sys/unseal')).toBe(0);
});

test('shares that do not unseal may be counted wrong, where the split was not the one that was told', async () => {
  counts(4, 2);
  const said = await wait({ shares: 4, threshold: 2 });
  expect(said[1]).toMatch(
    /the snapshot is restored, but the 2 key shares given do not unseal .+; restart the server first where its key is not split into 4 shares, 2 of them needed$/,
  );
});

test('the leader of the server that the snapshot came from is not taken for this one', async () => {
  const other = { ha_enabled: true, is_self: false, leader_address: 'https://other.example.com:8200' };
  const itself = { ha_enabled: true, is_self: true, active_time: '2026-11-25T00:00:00Z' };
  vault.answer('sys/leader', { body: other }, { body: other }, { body: itself });
  await expect(wait({ shares: 5, threshold: 3 }, undefined, 60_000)).resolves.toEqual([]);
  expect(vault.count('GET sys/leader')).toBeGreaterThanOrEqual(3);
});
