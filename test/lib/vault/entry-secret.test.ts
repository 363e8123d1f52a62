import { inspect } from 'node:util';
import { ExplainedError } from '#core';
import { requireSecret, writeEntry } from '../../../lib/vault/entry-secret';
import { providerClient } from '../../../lib/vault/terraform-environment';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';

const integration = {
  of: 'integration "webex-myapp"',
  shownBy: 'Webex',
  variable: 'TF_VAR_webex_myapp_client_secret',
};
const entry = { path: 'oauthapp/servers/webex-myapp', fields: '{"client_id":"C0ffee"}', secretField: 'client_secret' };

it.each([undefined, ''])('the error names the variable to set if the secret is %j', (secret) => {
  const require = () => requireSecret({ ...integration, secret });
  expect(require).toThrow(ExplainedError);
  expect(require).toThrow(
    /integration "webex-myapp" has to be written, and TF_VAR_webex_myapp_client_secret is not set/,
  );
});

it('the error refuses a secret with white space and does not repeat it', () => {
  const require = () => requireSecret({ ...integration, secret: 'hush hush\n' });
  expect(require).toThrow('TF_VAR_webex_myapp_client_secret must be only the client secret, got white space in it');
  expect(require).not.toThrow(/hush/);
});

it("the client writes to Terraform's server, which is set by the VAULT_ variables only", () => {
  const client = providerClient({ VAULT_ADDR: 'http://127.0.0.1:1', BAO_ADDR: 'http://127.0.0.1:2' });
  expect(client.address).toBe('http://127.0.0.1:1');
});

it('the client sends no request if the secret is missing', async () => {
  await using vault = await ScriptedVault.start();
  const client = providerClient({ VAULT_ADDR: vault.address, VAULT_TOKEN: 'token' });
  await expect(writeEntry(client, { ...integration, ...entry })).rejects.toThrow(ExplainedError);
  expect(vault.requests).toEqual([]);
});

it('one line says why Vault refused the secret, without repeating it', async () => {
  await using vault = await ScriptedVault.start();
  vault.answer(entry.path, { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } });
  const client = providerClient({ VAULT_ADDR: vault.address, VAULT_TOKEN: 'token' });
  const error: unknown = await writeEntry(client, { ...integration, ...entry, secret: 'hush' }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ExplainedError);
  expect((error as Error).message).toBe(
    'the client secret of integration "webex-myapp" is not written: Vault answered 403 to PUT oauthapp/servers/webex-myapp: 1 error occurred: * permission denied; fix that, then deploy again',
  );
  expect(inspect(error, { depth: 9 })).not.toContain('hush');
});
