import { WrittenVault } from '../../../rehearsal/written-vault';

test('one call asks for the capabilities of as many paths as a large deployment has', async () => {
  await using vault = await WrittenVault.start();
  const paths = Array.from({ length: 2100 }, (_, index) => `oauthapp/creds/credential-${index}`);
  const token = await vault.tokenWith(
    'path "sys/capabilities-self" { capabilities = ["update"] }\npath "oauthapp/creds/credential-1*" { capabilities = ["read"] }',
  );
  const found = await vault.admin.withToken(token).capabilitiesOf(paths);
  expect([...found.keys()]).toEqual(paths);
  expect([...found].filter(([, capabilities]) => capabilities.includes('read'))).toHaveLength(1111);
  expect(found.get('oauthapp/creds/credential-2099')).toEqual(['deny']);
});
