import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyDeclaration } from '../../../rehearsal/applier/stack';
import { VaultClient } from '../../../lib/vault/vault-client';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => jest.restoreAllMocks());

/** @returns the value of a variable in Terraform's environment */
async function seenByTerraform(variable: string, user: NodeJS.ProcessEnv): Promise<string> {
  const terraform = join(folder, 'terraform');
  writeFileSync(
    terraform,
    `#!/bin/sh\n[ "$1" = version ] && echo 'Terraform v1.14.2' && exit\nprintf %s "$${variable}" >${folder}/seen\n`,
  );
  chmodSync(terraform, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin`, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache'), ...user };
  jest.replaceProperty(process, 'env', env);
  await applyDeclaration({
    stackDirectory: folder,
    vault: new VaultClient({ address: 'http://127.0.0.1:8200' }),
    token: 's.provisioner',
    variables: {},
    environment: {},
    by: 'terraform',
    note: () => undefined,
  });
  return readFileSync(join(folder, 'seen'), 'utf8');
}

test("Terraform keeps its providers in the project's cache, or in the folder that the user sets", async () => {
  const own = await seenByTerraform('TF_PLUGIN_CACHE_DIR', {});
  expect(own).toBe(join(folder, 'cache', 'terraform-providers'));
  const theirs = join(folder, 'theirs');
  await expect(seenByTerraform('TF_PLUGIN_CACHE_DIR', { TF_PLUGIN_CACHE_DIR: theirs })).resolves.toBe(theirs);
});

test("Terraform acts as the provisioner even if the user's environment has another token or namespace", async () => {
  await expect(seenByTerraform('VAULT_TOKEN', { VAULT_TOKEN: 'hvs.of-the-user' })).resolves.toBe('s.provisioner');
  await expect(seenByTerraform('VAULT_NAMESPACE', { VAULT_NAMESPACE: 'of-the-user' })).resolves.toBe('');
});
