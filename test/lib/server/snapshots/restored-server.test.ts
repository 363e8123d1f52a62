import { RestoreMarker } from '../../../../lib/server/snapshots/restore-marker';
import { untilRestored } from '../../../../lib/server/snapshots/restored-server';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

/* Answers of a server that is asked for its status at the wrong moment. The rest is in test/server. */

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
  await untilRestored(client, { activeBefore: undefined, foreign: true, key, replaced }, options).then(
    (outcome) => said.push(outcome),
    (error: unknown) => said.push(String(error)),
  );
  return said;
}

test("a server that still counts the former key's shares gets none, and the error asks for a restart", async () => {
  counts(1, 1);
  const said = await wait({ shares: 5, threshold: 3 }, { shares: 1, threshold: 1 });
  expect(said[1]).toMatch(/^it still expects the shares of its previous key; restart it now/);
  expect(said[2]).toBe('sealed');
  expect(vault.count('PUT sys/unseal')).toBe(0);
});

test('the error says that the key may be split differently if the shares do not unseal', async () => {
  counts(4, 2);
  const said = await wait({ shares: 4, threshold: 2 });
  expect(said[1]).toMatch(
    /the snapshot is restored, but the 2 key shares do not unseal .+\. If its key is not split into 4 shares with a threshold of 2, restart the server first$/,
  );
});

test('the wait ignores the leader of the server that the snapshot came from', async () => {
  const other = { ha_enabled: true, is_self: false, leader_address: 'https://other.example.com:8200' };
  const itself = { ha_enabled: true, is_self: true, active_time: '2026-11-25T00:00:00Z' };
  vault.answer('sys/leader', { body: other }, { body: other }, { body: itself });
  await expect(wait({ shares: 5, threshold: 3 }, undefined, 60_000)).resolves.toEqual(['restored']);
  expect(vault.count('GET sys/leader')).toBeGreaterThanOrEqual(3);
});

describe('a server that restores in place, as Vault does', () => {
  const LOOKUP = 'auth/token/lookup-self';
  const known = { body: { data: { accessor: 'child', ttl: 0 } } };
  const child = { body: { auth: { client_token: 'hvs.child', lease_duration: 86_400 } } };
  beforeEach(() => {
    const body = { ha_enabled: true, is_self: true, active_time: '2026-11-25T00:00:00Z' };
    vault.answer('sys/leader', { body });
    vault.answer('sys/health', { body: { initialized: true, sealed: false, version: '1.21.4', enterprise: false } });
  });

  async function outcome(): Promise<string> {
    const client = new VaultClient({ address: vault.address });
    const marker = await RestoreMarker.of(client.withToken('hvs.given'));
    const sent = { activeBefore: '2026-11-25T00:00:00Z', foreign: false, marker };
    return untilRestored(client, sent, { unsealTimeoutMs: 10_000, report: () => undefined });
  }

  it('a server that restores in place counts as restored once it refuses a token made after the snapshot', async () => {
    vault.answer('auth/token/create', child);
    vault.answer(LOOKUP, known, known, known, refusal(503, 'Vault is sealed'), refusal(403, 'permission denied'));
    await expect(outcome()).resolves.toBe('restored');
    expect(vault.count(`GET ${LOOKUP}`)).toBe(5);
  });

  it('a server that restores in place counts as unchanged while it accepts that token', async () => {
    vault.answer('auth/token/create', child);
    vault.answer(LOOKUP, known);
    await expect(outcome()).resolves.toBe('unchanged');
  });

  it('a token that may have expired leaves the outcome unknown', async () => {
    vault.answer('auth/token/create', { body: { auth: { client_token: 'hvs.child', lease_duration: 1 } } });
    vault.answer(LOOKUP, known, known, refusal(503, 'slow'), refusal(503, 'slow'), refusal(403, 'permission denied'));
    await expect(outcome()).resolves.toBe('unknown');
  });

  it.each([
    ['may make no child', refusal(403, 'permission denied'), 'unknown'],
    ['makes a child that may not look itself up', child, 'unknown'],
  ])('the watch ends early if the token %s', async (_, made, expected) => {
    vault.answer('auth/token/create', made);
    vault.answer(LOOKUP, known, ...(made === child ? [refusal(403, 'permission denied')] : []), known);
    await expect(outcome()).resolves.toBe(expected);
    expect(vault.count('PUT auth/token/revoke-self')).toBe(made === child ? 1 : 0);
  });

  it('a server counts as restored if it refuses a token missing from the snapshot, even if that token may not create a child token', async () => {
    vault.answer('auth/token/create', refusal(403, 'permission denied'));
    vault.answer(LOOKUP, known, known, refusal(403, 'permission denied'));
    await expect(outcome()).resolves.toBe('restored');
  });
});
