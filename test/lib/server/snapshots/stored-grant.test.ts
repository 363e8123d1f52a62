import { grantPath, storedGrant } from '../../../../lib/server/snapshots/stored-grant';
import { RawStorage } from '../../../../lib/server/snapshots/raw-storage';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* Entries that no real server stores, and the mounts of Vault. The rest is in test/server. */

const TOKEN = 'a-token-that-nobody-may-see';

let vault: ScriptedVault;
let storage: RawStorage;

beforeEach(async () => {
  vault = await ScriptedVault.start();
  storage = new RawStorage(new VaultClient({ address: vault.address }));
});
afterEach(() => vault[Symbol.asyncDispose]());

function stores(path: string, value: string): void {
  vault.answer(`sys/raw/${path}`, { body: { data: { value } } });
}

test("the path of a credential matches the engine's storage path", () => {
  expect(grantPath('testauth')).toBe('creds/25dc/ee85/eccae0a11ee031d40df55a4f2b4fba83');
});

test.each([
  ['is cut short', `{"access_token":"${TOKEN}","refr`, 'it is not JSON'],
  ['is something else', '[1]', 'all of it is missing or malformed'],
  ['has a time that is none', JSON.stringify({ access_token: TOKEN, expiry: TOKEN }), 'expiry is missing or malformed'],
])('a grant that %s counts as damaged, and no part of it is shown', async (_, value, problem) => {
  stores(`logical/uuid/${grantPath('testauth')}`, value);
  await expect(storedGrant(storage, 'logical/uuid', 'testauth')).resolves.toEqual({ state: 'damaged', problem });
});

test('a grant that cannot be decrypted counts as damaged', async () => {
  vault.answer(`sys/raw/logical/uuid/${grantPath('testauth')}`, refusal(500, 'cipher: message authentication failed'));
  await expect(storedGrant(storage, 'logical/uuid', 'testauth')).resolves.toEqual({
    state: 'damaged',
    problem: 'it cannot be decrypted',
  });
});

test('a server failure does not count as a damaged grant', async () => {
  vault.answer(`sys/raw/logical/uuid/${grantPath('testauth')}`, refusal(500, 'internal error'));
  await expect(storedGrant(storage, 'logical/uuid', 'testauth')).rejects.toThrow(
    /^Vault answered 500 .+: internal error$/,
  );
});

describe('on Vault, which keeps all mounts in one entry', () => {
  beforeEach(() => {
    const entries = [
      { path: 'secret/', type: 'kv', uuid: 'one' },
      { path: 'oauthapp/', type: 'oauthapp', uuid: 'two' },
    ];
    vault.answer('sys/raw/core/mounts?list=true', refusal(404));
    stores('core/mounts', JSON.stringify({ type: 'mounts', entries }));
  });

  test("the mount table of Vault names the engine's storage", async () => {
    await expect(storage.mountStorage('oauthapp', 'oauthapp')).resolves.toBe('logical/two');
  });

  test('the lookup refuses another engine at the path', async () => {
    await expect(storage.mountStorage('secret', 'oauthapp')).rejects.toThrow(
      /^the snapshot has an engine of type "kv" mounted at "secret", instead of the engine "oauthapp"\. /,
    );
  });
});
