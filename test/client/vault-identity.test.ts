import { withVaultIdentity } from '../../client/src/command/vault-identity';
import { TemporarilyUnavailable, VaultSealed } from '../../core/src/vault/credential-errors';
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
  server.answer('sys/wrapping/lookup', WRAPPED_SECRET_ID);
  server.answer('sys/wrapping/unwrap', UNWRAPPED_SECRET_ID, refusal(400, 'wrapping token is not valid'));
});

afterEach(() => server[Symbol.asyncDispose]());

const UNWRAP = 'PUT sys/wrapping/unwrap';
const LOGIN = 'PUT auth/approle/login';
const limited = refusal(429, 'slow down');
const patience = { wait: () => Promise.resolve() };

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
    /^this run failed \(.*429: slow down.*\), and the secret id is lost with it, because the wrapping token is used up; have a new one issued/,
  );
  expect(server.count(LOGIN)).toBe(6);
});

it.each([
  ['limits requests', limited, TemporarilyUnavailable],
  ['is sealed', refusal(503, 'Vault is sealed'), VaultSealed],
])('a secret id stays wrapped if Vault %s at the lookup', async (_, answer, kind) => {
  server.answer('sys/wrapping/lookup', answer);
  await expect(work()).rejects.toBeInstanceOf(kind);
  expect(server.requests).toEqual(['PUT sys/wrapping/lookup']);
});
