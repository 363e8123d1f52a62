import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withVaultIdentity } from '../../client/src/command/vault-identity';
import { NotDeployed, NotPermitted, TemporarilyUnavailable, VaultSealed } from '../../core/src/vault/credential-errors';
import { readCredential } from '../../core/src/vault/credential';
import { WrappingTokenSpentError } from '../../core/src/login/wrapped-secret-id';
import {
  credentialAnswer,
  loginAnswer,
  LOST,
  refusal,
  ScriptedVault,
  UNWRAPPED_SECRET_ID,
  WRAPPED_SECRET_ID,
} from '../fixtures/loopback/scripted-vault';

let server: ScriptedVault;

beforeEach(async () => {
  server = await ScriptedVault.start();
  server.answer('secret/x', { body: { data: {} } });
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function login(env: NodeJS.ProcessEnv, token?: string): Promise<unknown> {
  const environment = { VAULT_ADDR: server.address, VAULT_TOKEN: token, ...env };
  return withVaultIdentity((vault) => vault.read('secret/x', (reply) => reply), environment);
}

async function requestsOf(env: NodeJS.ProcessEnv, token?: string): Promise<readonly string[]> {
  await login(env, token);
  return server.requests;
}

const LOGGED_IN = ['PUT auth/approle/login', 'GET secret/x', 'PUT auth/token/revoke-self'].map((request) =>
  request.replace('POST', 'PUT'),
);

it('the login uses AppRole even if a Vault token is set', async () => {
  const env = { VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' };
  expect(await requestsOf(env, 'token')).toEqual(LOGGED_IN);
});

it('the login reads the secret id from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secret-id-'));
  try {
    writeFileSync(join(folder, 'secret-id'), 's\n');
    writeFileSync(join(folder, 'empty'), '\n');
    const file = (name: string) => ({ BAO_ROLE_ID: 'r', BAO_SECRET_ID_FILE: join(folder, name) });
    expect(await requestsOf(file('secret-id'))).toEqual(LOGGED_IN);
    await expect(login(file('empty'))).rejects.toThrow(/VAULT_SECRET_ID_FILE names .*empty, which is empty/);
    await expect(login(file('none'))).rejects.toThrow(/which cannot be read \(ENOENT\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the login uses the Vault token if no role id is set', async () => {
  expect(await requestsOf({}, 'token')).toEqual(['GET secret/x']);
});

it('the login unwraps the secret id', async () => {
  server.answer('sys/wrapping/lookup', WRAPPED_SECRET_ID);
  server.answer('sys/wrapping/unwrap', UNWRAPPED_SECRET_ID);
  const unwrapped = ['PUT sys/wrapping/lookup', 'PUT sys/wrapping/unwrap', ...LOGGED_IN];
  expect(await requestsOf({ VAULT_ROLE_ID: 'r', VAULT_WRAPPED_SECRET_ID: 'w' })).toEqual(unwrapped);
});

describe('a secret id that was taken out of its wrapping', () => {
  const UNWRAP = 'PUT sys/wrapping/unwrap';
  const LOGIN = 'PUT auth/approle/login';
  const limited = refusal(429, 'slow down');
  const patience = { wait: () => Promise.resolve() };

  beforeEach(() => {
    server.answer('sys/wrapping/lookup', WRAPPED_SECRET_ID);
    server.answer('sys/wrapping/unwrap', UNWRAPPED_SECRET_ID, refusal(400, 'wrapping token is not valid'));
  });

  function work(): Promise<unknown> {
    const environment = { VAULT_ADDR: server.address, VAULT_ROLE_ID: 'r', VAULT_WRAPPED_SECRET_ID: 'w' };
    return withVaultIdentity((vault) => readCredential(vault, 'oauthapp', 'x'), environment, undefined, patience);
  }

  it('the login keeps an unwrapped secret id while the login or the work after it fails temporarily', async () => {
    server.answer('auth/approle/login', limited, LOST, loginAnswer('s.login'));
    server.answer('oauthapp/creds/x', limited, credentialAnswer('token'));
    await work();
    expect([server.count(UNWRAP), server.count(LOGIN)]).toEqual([1, 3]);
  });

  it('the error says that an unwrapped secret id is lost with the run, not taken by someone, if the failure persists', async () => {
    server.answer('auth/approle/login', limited);
    const failed = work();
    await expect(failed).rejects.toBeInstanceOf(WrappingTokenSpentError);
    await expect(failed).rejects.toThrow(
      /^the wrapping token is used up, and the secret id that it held is lost with this run, which failed \(.*429: slow down.*\); have a new one issued/,
    );
    expect(server.count(LOGIN)).toBe(6);
  });

  it('a secret id stays wrapped if Vault cannot look up its wrapping token now', async () => {
    server.answer('sys/wrapping/lookup', limited);
    await expect(work()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    expect(server.requests).toEqual(['PUT sys/wrapping/lookup']);
  });
});

it.each([
  ['nothing to log in with', {}, /there is nothing to log in with; set VAULT_ROLE_ID and .*, or VAULT_TOKEN/],
  ['a role id alone', { VAULT_ROLE_ID: 'r' }, /none of VAULT_SECRET_ID, .* is set; set exactly one/],
  ['a secret id alone', { VAULT_SECRET_ID: 's' }, /there is a secret id but no role id; set VAULT_ROLE_ID/],
])('the login refuses %s before it asks Vault', async (_, env, message) => {
  await expect(login(env)).rejects.toThrow(message);
  expect(server.requests).toEqual([]);
});

it.each([
  ['wrong', refusal(400, 'invalid role or secret ID'), NotPermitted, /log role id and secret id in .*\(400\): one of/],
  ['forbidden', refusal(403, 'permission denied'), NotPermitted, /\(403\): one of them is wrong/],
  ['at a sealed server', refusal(503, 'Vault is sealed'), VaultSealed, /is sealed; unseal it/],
  ['limited', refusal(429, 'rate limit'), TemporarilyUnavailable, /\(429: rate limit\); try again later/],
  ['missing', refusal(404, 'no handler for route'), NotDeployed, /no AppRole auth method is mounted at approle\//],
])('the error names the next step if the login is %s', async (_, answer, kind, message) => {
  server.answer('auth/approle/login', answer);
  const failed = login({ VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 'hush' });
  await expect(failed).rejects.toBeInstanceOf(kind);
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.not.toThrow(/hush/);
});
