import { ensureAudit } from '../../../../lib/server/keys/audit-device';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* Words of init if nothing is audited. test/server/init has the real server. */

async function refused(said: string): Promise<string> {
  await using vault = await ScriptedVault.start();
  vault.answer('sys/audit', { body: { data: {} } });
  vault.answer('sys/audit/file', refusal(400, said));
  const root = new VaultClient({ address: vault.address, token: 'root' });
  return await ensureAudit(root, '/vault/logs/audit.log').then(String, String);
}

test('the error names an audit file that Vault cannot write and the option that names another one', async () => {
  expect(await refused('sanity check failed; mkdir /vault/logs: permission denied')).toContain(
    'Vault refused an audit device at /vault/logs/audit.log (sanity check failed; mkdir /vault/logs: permission denied); name a file that the server can write to: --audit-file PATH',
  );
});

test('the error asks for an audit device in the configuration of an OpenBao without one', async () => {
  expect(await refused('cannot enable audit device via API; use declarative configuration')).toContain(
    'declares no audit device; add audit "file" "file" { options = { file_path = "/openbao/logs/audit.log" } } and restart it',
  );
});
