import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { initializeServer } from '../../../../lib/server/keys/initialization';
import { checkKeyOptions } from '../../../../lib/server/keys/new-key';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

const TOKEN = 'hvs.CAESIJ0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c';

test.each([
  [{ shares: 3, threshold: 5 }, 'the threshold must not exceed the number of shares, got 5 of 3'],
  [{ shares: 5, threshold: 1 }, 'a threshold of 1 needs one share only, got 5'],
  [{ shares: 256, threshold: 3 }, 'a key has at most 255 shares, got 256'],
  [{ shares: 5, threshold: 3, pgpKeys: ['one', 'two'] }, 'each share needs its PGP key, got 2 for 5'],
])('the check refuses a key of %j', (options, problem) => {
  expect(() => checkKeyOptions(options)).toThrow(problem);
});

test.each([
  { shares: 5, threshold: 3 },
  { shares: 1, threshold: 1 },
  { shares: 2, threshold: 2, pgpKeys: ['one', 'two'] },
])('the check accepts a key of %j', (options) => {
  expect(() => checkKeyOptions(options)).not.toThrow();
});

it('the error of a failed write hides the root token, and explains the recovery', async () => {
  await using vault = await ScriptedVault.start();
  vault.answer('sys/seal-status', {
    body: { initialized: false, sealed: true, version: '2.7.2', n: 0, t: 0, progress: 0 },
  });
  vault.answer('sys/init', { body: { keys_base64: ['share'], root_token: TOKEN } });
  const initialized = initializeServer(new VaultClient({ address: vault.address }), {
    keys: { shares: 1, threshold: 1 },
    deployment: { vault: { server: { mode: 'dev' } } } as Deployment,
    receiver: { keyShares: () => Promise.reject(new Error(`failed with ${TOKEN}`)), operator: () => Promise.resolve() },
    auditFile: 'stdout',
    unsealTimeoutMs: 1,
    report: () => undefined,
  });
  await expect(initialized).rejects.toThrow(
    'failed with [hidden]. The server is initialized, but its key shares and root token are lost, and nobody has seen them. It holds nothing yet: delete its data and the shares that were written, then initialize it again',
  );
});
