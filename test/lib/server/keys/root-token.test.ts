import { ExplainedError, VaultResponseError } from '#core';
import { generateToken, withRootToken } from '../../../../lib/server/keys/root-token';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { refusal, ScriptedVault, type ScriptedAnswer } from '../../../fixtures/loopback/scripted-vault';

const ATTEMPT = 'sys/generate-root-token';

async function giveShare(answer: ScriptedAnswer): Promise<unknown> {
  await using vault = await ScriptedVault.start();
  const started = { nonce: 'n', otp: 'o', progress: 0, required: 1, complete: false };
  vault.answer(`${ATTEMPT}/attempt`, { body: { data: started } });
  vault.answer(`${ATTEMPT}/update`, answer);
  return await generateToken(new VaultClient({ address: vault.address, token: 't' }), 'root token', ['share']).catch(
    (error: unknown) => error,
  );
}

it.each([400, 500])('the error blames the key shares if Vault refuses them with %d', async (status) => {
  expect(String(await giveShare(refusal(status, 'cipher: message authentication failed')))).toContain(
    'the key shares make no root token: at least one of them is wrong',
  );
});

it.each([429, 503])('the error does not blame the key shares if Vault answers %d', async (status) => {
  const error = await giveShare(refusal(status, 'later'));
  expect(error).toBeInstanceOf(VaultResponseError);
  expect(error).toMatchObject({ statusCode: status, isTransient: true });
});

describe('a root token that cannot be revoked', () => {
  async function acting(action: () => Promise<string>): Promise<unknown> {
    await using vault = await ScriptedVault.start();
    const otp = 'o'.repeat(26);
    const token = Buffer.from(Buffer.from(otp).map((byte, index) => byte ^ 's.'.charCodeAt(index % 2)));
    const attempt = { nonce: 'n', otp, progress: 0, required: 1, complete: false };
    vault.answer(`${ATTEMPT}/attempt`, { body: { data: attempt } });
    vault.answer(`${ATTEMPT}/update`, {
      body: { data: { ...attempt, complete: true, encoded_token: token.toString('base64').replaceAll('=', '') } },
    });
    vault.answer('auth/token/lookup-self', { body: { data: { accessor: 'the-accessor', ttl: 0 } } });
    vault.answer('auth/token/revoke-self', refusal(503, 'Vault is sealed'));
    const client = new VaultClient({ address: vault.address, token: 't' });
    return await withRootToken(client, ['share'], action).catch((error: unknown) => error);
  }

  it('the error of a failed action says that a root token stays valid and how to revoke it', async () => {
    const error = await acting(() => Promise.reject(new ExplainedError('the policy was refused')));
    expect(String(error)).toMatch(
      /the policy was refused\. But a root token is still valid, because it could not be revoked \(.*503.*\)\. .*"bao token revoke -accessor the-accessor"/,
    );
  });

  it('the error of a successful action says that a root token stays valid and how to revoke it', async () => {
    const error = await acting(() => Promise.resolve('done'));
    expect(String(error)).toMatch(/the task is done\. But a root token is still valid, .* -accessor the-accessor"/);
  });
});
