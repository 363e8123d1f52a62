import { VaultResponseError } from 'webex-token-client/core';
import { generateRootToken } from '../../../lib/server/root-token';
import { VaultClient } from '../../../lib/vault/vault-client';
import { refusal, ScriptedVault, type ScriptedAnswer } from '../../fixtures/scripted-vault';

const ATTEMPT = 'sys/generate-root-token';

async function giveShare(answer: ScriptedAnswer): Promise<unknown> {
  await using vault = await ScriptedVault.start();
  const started = { nonce: 'n', otp: 'o', progress: 0, required: 1, complete: false };
  vault.answer(`${ATTEMPT}/attempt`, { body: { data: started } });
  vault.answer(`${ATTEMPT}/update`, answer);
  return await generateRootToken(new VaultClient({ address: vault.address, token: 't' }), ['share']).catch(
    (error: unknown) => error,
  );
}

it.each([400, 500])('blames the key shares where Vault does not take them, with %d', async (status) => {
  expect(String(await giveShare(refusal(status, 'cipher: message authentication failed')))).toContain(
    'the key shares given make no root token: at least one of them is wrong',
  );
});

it.each([429, 503])('does not blame them where Vault answers %d', async (status) => {
  const error = await giveShare(refusal(status, 'later'));
  expect(error).toBeInstanceOf(VaultResponseError);
  expect(error).toMatchObject({ statusCode: status, isTransient: true });
});
