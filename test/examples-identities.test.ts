import { join } from 'node:path';
import { runScript } from './fixtures/script';

it.each([
  ['nightly', 'VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=github-actions VAULT_ROLE=nightly'],
  ['pages', 'VAULT_AUTH_METHOD=jwt VAULT_AUTH_MOUNT=gitlab VAULT_ROLE=pages'],
  ['batch', 'VAULT_AUTH_METHOD=jwt VAULT_ROLE=batch'],
])('the example with identities says what app %s needs', async (app, environment) => {
  const example = join(__dirname, '../examples/identities.ts');
  const { exitCode, stdout } = await runScript('issue', [app], { DEPLOYMENT: example });
  expect([exitCode, stdout]).toEqual([0, `export VAULT_ADDR=https://vault.example.com:8200 ${environment}\n`]);
});
