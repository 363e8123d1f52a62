import { TemporarilyUnavailable } from '../../../core/src/vault/credential-errors';
import { exitCodeOf } from '../../../core/src/command/exit-codes';
import {
  unwrapSecretId,
  WrappedSecretId,
  WrappingTokenForgedError,
  WrappingTokenSpentError,
} from '../../../core/src/login/wrapped-secret-id';
import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { VaultUnreachableError } from '../../../core/src/vault/vault-errors';
import { failureOf } from '../../fixtures/results/shown';
import {
  LOST,
  refusal,
  ScriptedVault,
  UNWRAPPED_SECRET_ID,
  WRAPPED_SECRET_ID,
  type ScriptedAnswer,
} from '../../fixtures/loopback/scripted-vault';

const LOOKUP = 'sys/wrapping/lookup';
const UNWRAP = 'sys/wrapping/unwrap';
const SPENT = refusal(400, 'wrapping token is not valid or does not exist');
const THEFT = /someone has taken the secret id/;

let vault: ScriptedVault;
let connection: VaultConnection;

beforeEach(async () => {
  vault = await ScriptedVault.start();
  connection = new VaultConnection({ address: vault.address });
  vault.answer(LOOKUP, WRAPPED_SECRET_ID);
  vault.answer(UNWRAP, UNWRAPPED_SECRET_ID);
});
afterEach(() => vault[Symbol.asyncDispose]());

it('the first read unwraps the secret id, and later reads do not', async () => {
  const wrapped = new WrappedSecretId(connection, 'w');
  expect(wrapped.isUnwrapped).toBe(false);
  expect([await wrapped.read(), await wrapped.read()]).toEqual(['the-secret-id', 'the-secret-id']);
  expect(wrapped.isUnwrapped).toBe(true);
  expect(vault.requests).toEqual([`PUT ${LOOKUP}`, `PUT ${UNWRAP}`]);
});

it('the error hides the wrapping token if Vault quotes it as a creation path', async () => {
  vault.answer(LOOKUP, { body: { data: { creation_path: 'sys/the-wrapping-token' } } });
  const error = await failureOf(unwrapSecretId(connection, 'the-wrapping-token'));
  expect(error).toBeInstanceOf(WrappingTokenForgedError);
  expect(error.message).toContain('"sys/[hidden]"');
});

it('the error says that the secret id may have been taken if Vault does not know the wrapping token at the start', async () => {
  vault.answer(LOOKUP, SPENT);
  const error = await failureOf(unwrapSecretId(connection, 'w'));
  expect(error).toBeInstanceOf(WrappingTokenSpentError);
  expect(error.message).toMatch(THEFT);
});

it.each<[string, ScriptedAnswer]>([
  ['limits requests', refusal(429, 'slow down')],
  ['fails', refusal(500, 'internal error')],
  ['has no active node', { status: 502, body: {} }],
])('the same wrapping token unwraps the secret id later if Vault %s', async (_, answer) => {
  vault.answer(UNWRAP, answer, UNWRAPPED_SECRET_ID);
  const wrapped = new WrappedSecretId(connection, 'w');
  const error = await failureOf(wrapped.read());
  expect(error).toBeInstanceOf(TemporarilyUnavailable);
  expect(error.message).toMatch(/could not unwrap the secret id .*; try again later$/);
  expect(await wrapped.read()).toBe('the-secret-id');
});

it('a valid wrapping token unwraps the secret id later if no answer came', async () => {
  vault.answer(UNWRAP, LOST, UNWRAPPED_SECRET_ID);
  const wrapped = new WrappedSecretId(connection, 'w');
  const error = await failureOf(wrapped.read());
  expect(error).toBeInstanceOf(VaultUnreachableError);
  expect(exitCodeOf(error)).toBe(4);
  expect(await wrapped.read()).toBe('the-secret-id');
});

it.each([
  ['no answer came', LOST, 'ECONNRESET'],
  ['a load balancer answered', { status: 504, body: {} }, '504'],
])(
  'the error says that the secret id was probably lost if %s and the wrapping token is used up',
  async (_, answer, how) => {
    vault.answer(LOOKUP, WRAPPED_SECRET_ID, SPENT);
    vault.answer(UNWRAP, answer);
    const wrapped = new WrappedSecretId(connection, 'w');
    for (const error of [await failureOf(wrapped.read()), await failureOf(wrapped.read())]) {
      expect(error).toBeInstanceOf(WrappingTokenSpentError);
      expect(error.message).toContain(
        `This program probably used it up, because Vault's answer to the unwrapping was lost (${how})`,
      );
      expect(error.message).not.toMatch(THEFT);
      expect(exitCodeOf(error)).toBe(1);
    }
  },
);

it('the error says that the secret id may be lost if nobody can check the wrapping token', async () => {
  vault.answer(LOOKUP, WRAPPED_SECRET_ID, LOST, SPENT);
  vault.answer(UNWRAP, LOST);
  const wrapped = new WrappedSecretId(connection, 'w');
  const error = await failureOf(wrapped.read());
  expect(error).toBeInstanceOf(TemporarilyUnavailable);
  expect(error.message).toMatch(
    /was lost \(ECONNRESET\), so the wrapping token may be used up\. Try again later .*no sign of theft$/,
  );
  expect((await failureOf(wrapped.read())).message).toContain('This program probably');
});
