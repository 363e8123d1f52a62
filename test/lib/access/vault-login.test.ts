import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { NotPermitted } from 'webex-token-client/core';
import { loginFromEnvironment } from '../../../lib/access/vault-login';
import { refusal, ScriptedVault } from '../../fixtures/scripted-vault';

let server: ScriptedVault;

beforeEach(async () => {
  server = await ScriptedVault.start();
  server.answer('secret/x', { body: { data: {} } });
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function login(env: NodeJS.ProcessEnv, token?: string) {
  return loginFromEnvironment({ address: server.address, token }, 'approle', env);
}

async function requestsOf(env: NodeJS.ProcessEnv, token?: string): Promise<readonly string[]> {
  await (await login(env, token)).read('secret/x', z.unknown());
  return server.requests;
}

it('logs in by AppRole, whatever token there is', async () => {
  const env = { VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' };
  expect(await requestsOf(env, 'token')).toEqual(['POST auth/approle/login', 'GET secret/x']);
});

it('reads the secret id from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secret-id-'));
  try {
    writeFileSync(join(folder, 'secret-id'), 's\n');
    writeFileSync(join(folder, 'empty'), '\n');
    const file = (name: string) => ({ BAO_ROLE_ID: 'r', BAO_SECRET_ID_FILE: join(folder, name) });
    expect(await requestsOf(file('secret-id'))).toEqual(['POST auth/approle/login', 'GET secret/x']);
    await expect(login(file('empty'))).rejects.toThrow(/VAULT_SECRET_ID_FILE names .*empty, which is empty; set/);
    await expect(login(file('none'))).rejects.toThrow(/which cannot be read \(ENOENT\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('takes the token where there is no role id', async () => {
  expect(await requestsOf({}, 'token')).toEqual(['GET secret/x']);
});

it.each([
  ['nothing to log in with', {}, /there is no Vault token; log in with "vault login", or set VAULT_TOKEN/],
  ['a role id alone', { VAULT_ROLE_ID: 'r' }, /VAULT_ROLE_ID is set but VAULT_SECRET_ID is not; set/],
  ['a secret id alone', { VAULT_SECRET_ID: 's' }, /there is a secret id but no role id; set VAULT_ROLE_ID/],
])('refuses %s before it asks Vault', async (_, env, message) => {
  await expect(login(env)).rejects.toThrow(message);
  expect(server.requests).toEqual([]);
});

it.each([
  ['wrong', refusal(400, 'invalid role or secret ID'), /does not log the app in \(400\): its role id or secret id/],
  ['sealed', refusal(503, 'Vault is sealed'), /check that it is unsealed/],
  ['missing', refusal(404, 'no handler for route'), /no AppRole auth method is mounted at approle\//],
])('says what to do where the login is %s', async (_, answer, message) => {
  server.answer('auth/approle/login', answer);
  const failed = login({ VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 'hush' });
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.not.toThrow(/hush/);
});

it('counts a refused login as not permitted', async () => {
  server.answer('auth/approle/login', refusal(403, 'permission denied'));
  await expect(login({ VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' })).rejects.toBeInstanceOf(NotPermitted);
});
