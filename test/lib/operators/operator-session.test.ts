import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vaultOptionsFromEnvironment, WrappingTokenSpentError } from '#core';
import { OperatorSession } from '../../../lib/operators/operator-session';
import { eventually } from '../../../rehearsal/eventually';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { loginAnswer, refusal, ScriptedVault, UNWRAPPED_SECRET_ID } from '../../fixtures/loopback/scripted-vault';

const LOGIN = 'auth/operators/login';

let vault: ScriptedVault;
beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer('sys/wrapping/lookup', { body: { data: { creation_path: 'auth/operators/role/backup/secret-id' } } });
  vault.answer('sys/wrapping/unwrap', UNWRAPPED_SECRET_ID);
});
afterEach(() => vault[Symbol.asyncDispose]());

function open(signal?: AbortSignal): Promise<OperatorSession> {
  return OperatorSession.open({ address: vault.address }, 'backup', {
    operators: { path: 'none', isNamed: false },
    roleFromEnvironment: true,
    env: { VAULT_ROLE_ID: 'r', VAULT_WRAPPED_SECRET_ID: 'w' },
    signal,
  });
}

it('the session retries the login with a secret id that it has unwrapped', async () => {
  vault.answer(LOGIN, refusal(429, 'slow down'), loginAnswer('s.backup'));
  await using session = await open();
  expect(session.token).toBe('s.backup');
  expect(vault.count('PUT sys/wrapping/unwrap')).toBe(1);
});

it('the error says that the secret id is lost if Vault demands too long a wait', async () => {
  vault.answer(LOGIN, { ...refusal(429, 'slow down'), headers: { 'retry-after': '3600' } });
  await expect(open()).rejects.toThrow(WrappingTokenSpentError);
});

it.each([
  ['VAULT_TOKEN', { VAULT_TOKEN: 's.1' }],
  ['BAO_TOKEN', { VAULT_TOKEN: 's.1', BAO_TOKEN: 's.2' }],
  ['~/.vault-token', {}],
])('the session names the place of a given token: %s', async (place, tokens) => {
  const home = temporaryFolder();
  writeFileSync(join(home, '.vault-token'), 's.3\n');
  const env = { HOME: home, ...tokens };
  await using session = await OperatorSession.open(
    vaultOptionsFromEnvironment({ address: vault.address }, env),
    'observer',
    { operators: { path: 'none', isNamed: false }, env },
  );
  expect(session.tokenSource).toBe(place);
});

it('the session stops waiting when it is interrupted', async () => {
  vault.answer(LOGIN, { ...refusal(429, 'slow down'), headers: { 'retry-after': '30' } });
  const abort = new AbortController();
  // The clock stands still. Only the signal can end the wait.
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate'] });
  try {
    const opening = open(abort.signal);
    await eventually(() => vault.count(`PUT ${LOGIN}`) > 0 || undefined);
    abort.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
  } finally {
    jest.useRealTimers();
  }
});
