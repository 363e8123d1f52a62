import { VaultClient } from '../../../lib/vault/vault-client';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';

it('the client rejects a wrapping token whose expiry is not a valid date', async () => {
  await using vault = await ScriptedVault.start();
  const info = { token: 'w', ttl: 60, creation_time: '2026-01-01T00:00:00Z' };
  vault.answer('x', { body: { wrap_info: info } }, { body: { wrap_info: { ...info, ttl: 1e300 } } });
  const client = new VaultClient({ address: vault.address });
  expect((await client.writeWrapped('x', {}, 60)).expireTime).toEqual(new Date('2026-01-01T00:01:00Z'));
  await expect(client.writeWrapped('x', {}, 60)).rejects.toThrow('something that is not a Vault reply');
});
