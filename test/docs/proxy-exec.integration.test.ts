import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WrittenVault } from '../../rehearsal/written-vault';
import { Typist } from '../fixtures/pages/typist';

/* The command of docs/tasks/proxy.md that runs one program behind a proxy. */

/** It shows the answer of Webex, and the names of the variables that it must not have. */
const REPORT = `#!/bin/sh
echo "Authorization: Bearer $WEBEX_ACCESS_TOKEN" | curl -sS --fail-with-body --header @- "\${WEBEX_BASE_URL}people/me"
env | sed -n 's/^\\(VAULT\\|BAO\\)_/has &/p'
`;

it('the report of the page calls Webex by the key, and has no variable of the identity', async () => {
  await using vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  using typist = new Typist({ VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId });
  writeFileSync(join(typist.folder, 'report.sh'), REPORT, { mode: 0o755 });
  const screen = await typist.types('docs/tasks/proxy.md', 'exec', {
    instead: { '--allow': `--upstream ${vault.webex.url} --allow` },
  });
  expect(screen).toContain('"emails"');
  expect(screen).not.toContain('has VAULT_');
});
