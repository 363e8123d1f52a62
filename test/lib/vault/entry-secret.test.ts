import { inspect } from 'node:util';
import { ExplainedError } from '#core';
import { providerClient, requireSecret, writeEntry } from '../../../lib/vault/entry-secret';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';

const integration = {
  of: 'integration "webex-myapp"',
  shownBy: 'Webex',
  variable: 'TF_VAR_webex_myapp_client_secret',
};
const entry = { path: 'oauthapp/servers/webex-myapp', fields: '{"client_id":"C0ffee"}', secretField: 'client_secret' };

it.each([undefined, ''])('says which variable to set where the secret is %j', (secret) => {
  const require = () => requireSecret({ ...integration, secret });
  expect(require).toThrow(ExplainedError);
  expect(require).toThrow(
    /integration "webex-myapp" has to be written, but TF_VAR_webex_myapp_client_secret is not set/,
  );
});

it('refuses a secret with white space in it, without repeating it', () => {
  const require = () => requireSecret({ ...integration, secret: 'hush hush\n' });
  expect(require).toThrow('TF_VAR_webex_myapp_client_secret must be the client secret alone, got white space in it');
  expect(require).not.toThrow(/hush/);
});

it('writes to the server of Terraform, which knows the VAULT_ variables only', () => {
  const client = providerClient({ VAULT_ADDR: 'http://127.0.0.1:1', BAO_ADDR: 'http://127.0.0.1:2' });
  expect(client.address).toBe('http://127.0.0.1:1');
});

it('touches nothing where the secret is missing', async () => {
  await using vault = await ScriptedVault.start();
  const client = providerClient({ VAULT_ADDR: vault.address, VAULT_TOKEN: 'token' });
  await expect(writeEntry(client, { ...integration, ...entry })).rejects.toThrow(ExplainedError);
  expect(vault.requests).toEqual([]);
});

it('says in one line, without the secret, why Vault refused it', async () => {
  await using vault = await ScriptedVault.start();
  vault.answer(entry.path, { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } });
  const client = providerClient({ VAULT_ADDR: vault.address, VAULT_TOKEN: 'token' });
  const error: unknown = await writeEntry(client, { ...integration, ...entry, secret: 'hush' }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ExplainedError);
  expect((error as Error).message).toBe(
    'the client secret of integration "webex-myapp" is not written: Vault answered 403 to PUT oauthapp/servers/webex-myapp: 1 error occurred: * permission denied; deploy again once that is solved',
  );
  expect(inspect(error, { depth: 9 })).not.toContain('hush');
});
